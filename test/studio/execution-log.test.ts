import { describe, expect, it } from 'vitest'
import { replay } from '../../runtime/engine/index.ts'
import { eventsUntil, extendLog, hasEnded, lastPosition, newLog, stateAt } from '../../studio/model/execution-log.ts'
import { parseEvents } from '../../studio/model/read-events.ts'
import { triageLog } from './support/triage-log.ts'

const whole = (() => {
  const extension = extendLog(newLog(), triageLog)
  if (!extension.ok) throw new Error('the sample log has no gap')
  return extension.log
})()

describe('execution log', () => {
  it('keeps for every position the state that the engine folds to', () => {
    for (let position = 0; position <= triageLog.length; position += 1) {
      expect(JSON.stringify(stateAt(whole, position))).toBe(JSON.stringify(replay(triageLog.slice(0, position))))
    }
  })

  it('ignores events it has and takes those that overlap', () => {
    const first = extendLog(newLog(), triageLog.slice(0, 5))
    if (!first.ok) throw new Error('no gap')
    const second = extendLog(first.log, triageLog.slice(2))
    expect(second).toEqual({ ok: true, log: whole })
    expect(extendLog(whole, triageLog)).toEqual({ ok: true, log: whole })
  })

  it('names the position to ask from when events are missing, and takes none of them', () => {
    const first = extendLog(newLog(), triageLog.slice(0, 2))
    if (!first.ok) throw new Error('no gap')
    expect(extendLog(first.log, triageLog.slice(4))).toEqual({ ok: false, reason: 'gap', after: 2 })
    expect(extendLog(newLog(), [...triageLog.slice(0, 1), ...triageLog.slice(2)])).toMatchObject({
      ok: false,
      after: 0,
    })
  })

  it('leaves an older log as it was', () => {
    const first = extendLog(newLog(), triageLog.slice(0, 4))
    if (!first.ok) throw new Error('no gap')
    const before = JSON.stringify(first.log)
    extendLog(first.log, triageLog.slice(4))
    expect(JSON.stringify(first.log)).toBe(before)
    expect(lastPosition(newLog())).toBe(0)
  })

  it('holds positions beyond its ends to its ends', () => {
    expect(stateAt(whole, -3)).toBe(stateAt(whole, 0))
    expect(stateAt(whole, 99)).toBe(stateAt(whole, lastPosition(whole)))
    expect(eventsUntil(whole, 3)).toEqual(triageLog.slice(0, 3))
    expect(eventsUntil(whole, 99)).toBe(whole.events)
  })

  it('knows when nothing more will happen', () => {
    expect(hasEnded(stateAt(whole, 0))).toBe(false)
    expect(hasEnded(stateAt(whole, 8))).toBe(false)
    expect(hasEnded(stateAt(whole, 9))).toBe(true)
  })

  it('reads events as they come over the wire, and refuses what it does not know', () => {
    expect(parseEvents(JSON.parse(JSON.stringify(triageLog)))).toEqual(triageLog)
    expect(() => parseEvents([{ type: 'StepTeleported', at: 1, position: 1 }])).toThrow()
    expect(() => parseEvents([{ type: 'StepCancelled', at: 1, step: 'a' }])).toThrow()
  })
})

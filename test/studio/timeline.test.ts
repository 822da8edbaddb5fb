import { describe, expect, it } from 'vitest'
import type { ExecutionEvent, RecordedEvent } from '../../schemas/execution-events.ts'
import { timeScale } from '../../studio/model/time-scale.ts'
import { Timeline, type TimelineRow, waitsUntil } from '../../studio/model/timeline.ts'
import { logOf, recorded, step, t0, triage, triageLog } from './support/triage-log.ts'

const rowOf = (name: string, events: readonly RecordedEvent[] = triageLog): TimelineRow =>
  new Timeline(triage).rowAt(logOf(events), events.length, step(name))

describe('timeline', () => {
  it('is at a position what the log up to there makes of it, and keeps what did not change', () => {
    const whole = logOf(triageLog)
    const timeline = new Timeline(triage)
    for (let position = 0; position <= triageLog.length; position += 1) {
      for (const { id } of triage.nodes) {
        expect(timeline.rowAt(whole, position, step(id))).toEqual(rowOf(id, triageLog.slice(0, position)))
      }
    }
    const before = triage.nodes.map(({ id }) => timeline.rowAt(whole, 6, step(id)))
    const isSame = triage.nodes.map(({ id }, index) => timeline.rowAt(whole, 7, step(id)) === before[index])
    expect(isSame).toEqual([true, true, false, true, true])
  })

  it('splits a step into queued, attempts and the time between them', () => {
    expect(rowOf('notify').segments).toEqual([
      { kind: 'queued', from: t0, to: t0 + 20 },
      { kind: 'running', from: t0 + 20, to: t0 + 120, attempt: 1, until: t0 + 30_020, outcome: 'failed' },
      { kind: 'backoff', from: t0 + 120, to: t0 + 1_120, attempt: 1, until: t0 + 1_120 },
      { kind: 'running', from: t0 + 1_120, to: t0 + 1_200, attempt: 2, until: t0 + 31_120, outcome: 'succeeded' },
    ])
  })

  it('leaves what goes on without an end', () => {
    expect(rowOf('notify', triageLog.slice(0, 4)).segments.at(-1)).toMatchObject({
      kind: 'running',
      attempt: 1,
      to: null,
    })
    expect(rowOf('notify', triageLog.slice(0, 5)).segments.at(-1)).toMatchObject({
      kind: 'backoff',
      to: null,
      until: t0 + 1_120,
    })
  })

  it('shows a computed step, a skipped one and the trigger as moments', () => {
    expect(rowOf('route')).toMatchObject({ segments: [], instant: { at: t0, outcome: 'succeeded' } })
    expect(rowOf('thank')).toMatchObject({ segments: [], instant: { at: t0, outcome: 'skipped' } })
    expect(rowOf('hook')).toMatchObject({ segments: [], instant: { at: t0, outcome: 'succeeded' } })
  })

  it('ends an interrupted attempt where the process died and goes on with the next', () => {
    const events: ExecutionEvent[] = [
      ...triageLog.slice(0, 4),
      { type: 'AttemptInterrupted', at: t0 + 500, step: step('notify'), attempt: 1 },
      {
        type: 'AttemptStarted',
        at: t0 + 500,
        step: step('notify'),
        attempt: 2,
        timeoutAt: t0 + 900,
        idempotencyKey: 'k1',
      },
      { type: 'AttemptIgnored', at: t0 + 600, step: step('notify'), attempt: 1, outcome: 'succeeded', reason: 'late' },
      { type: 'StepCancelled', at: t0 + 700, step: step('notify') },
      { type: 'ExecutionCancelled', at: t0 + 700, reason: 'enough' },
    ]
    expect(rowOf('notify', recorded(events)).segments.slice(1)).toMatchObject([
      { kind: 'running', attempt: 1, from: t0 + 20, to: t0 + 500, outcome: 'interrupted' },
      { kind: 'running', attempt: 2, from: t0 + 500, to: t0 + 700, outcome: 'cancelled' },
    ])
  })

  it('hatches a delay from its beginning to its end', () => {
    const events: ExecutionEvent[] = [
      ...triageLog.slice(0, 1),
      { type: 'DelayStarted', at: t0, step: step('route'), until: t0 + 50 },
      { type: 'StepSucceeded', at: t0 + 55, step: step('route'), ports: ['out'], output: null },
    ]
    expect(rowOf('route', recorded(events)).segments).toEqual([
      { kind: 'waiting', from: t0, to: t0 + 55, until: t0 + 50, outcome: 'succeeded' },
    ])
  })
})

describe('what is waited for', () => {
  it('is the latest moment that an open wait names', () => {
    const log = logOf(triageLog)
    expect(waitsUntil(log, 5)).toBe(t0 + 1_120)
    expect(waitsUntil(log, 4)).toBe(0)
    expect(waitsUntil(log, triageLog.length)).toBe(0)
  })
})

describe('time scale', () => {
  it('is even when nothing dwarfs the rest', () => {
    const scale = timeScale([{ from: 500, to: 1000 }], 0, 1000)
    expect(scale.breaks).toEqual([])
    expect(scale.place(250)).toBeCloseTo(0.25)
    expect(scale.place(-5)).toBe(0)
    expect(scale.place(5000)).toBe(1)
  })

  it('shortens three days of sleep between two calls, and keeps the order', () => {
    const day = 86_400_000
    const scale = timeScale([{ from: 1000, to: 3 * day }], 0, 3 * day + 1000)
    expect(scale.breaks).toEqual([{ from: 1000, to: 3 * day }])
    expect(scale.place(1000)).toBeGreaterThan(0.4)
    expect(scale.place(3 * day)).toBeGreaterThan(scale.place(1000))
    expect(1 - scale.place(3 * day)).toBeCloseTo(scale.place(1000))
  })

  it('does not shorten the only thing that happens', () => {
    const scale = timeScale([{ from: 0, to: 3000 }], 0, 3000)
    expect(scale.breaks).toEqual([])
    expect(scale.place(1500)).toBeCloseTo(0.5)
  })

  it('ticks at round distances from the start, few enough to read, none inside a break', () => {
    const scale = timeScale([{ from: 1000, to: 400_000 }], 0, 401_000)
    expect(scale.ticks[0]).toEqual({ at: 0, sinceStart: 0 })
    expect(scale.ticks.length).toBeGreaterThan(2)
    expect(scale.ticks.length).toBeLessThan(14)
    expect(scale.ticks.filter((tick) => tick.at > 1000 && tick.at < 400_000)).toEqual([])
  })

  it('has a width even when everything happened in one millisecond', () => {
    const scale = timeScale([], 5, 5)
    expect(scale.place(5)).toBe(0)
    expect(scale.to).toBe(6)
  })
})

describe('idle stretches', () => {
  it('are those between two events in which nothing is in flight, and the one that goes on now', () => {
    const { idle } = logOf(triageLog).index
    expect(idle.until(t0 + 5_000)).toEqual([
      { from: t0, to: t0 + 20 },
      { from: t0 + 120, to: t0 + 1_120 },
      { from: t0 + 1_200, to: t0 + 5_000 },
    ])
    expect(logOf(triageLog.slice(0, 4)).index.idle.until(t0 + 5_000)).toEqual([{ from: t0, to: t0 + 20 }])
  })

  it('are kept few, the longest of them, however many there are', () => {
    const pauses = Array.from({ length: 500 }, (_, index) => ({
      type: 'SignalReceived' as const,
      at: t0 + index * 100 + (index > 250 ? 60_000 : 0),
      name: 'tick',
      data: null,
    }))
    const gaps = logOf(recorded([...triageLog.slice(0, 1), ...pauses])).index.idle.until(0)
    expect(gaps.length).toBeLessThan(40)
    expect(Math.max(...gaps.map(({ from, to }) => to - from))).toBe(60_100)
  })
})

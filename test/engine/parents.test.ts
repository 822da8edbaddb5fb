import { describe, expect, it } from 'vitest'

import { statusOf } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import { answerUnknown, cancelAndUndo, hear, pause, resume, retryExecution } from '../support/commands.ts'
import { attemptStarted, failAttempt, made, startExecution, succeed, succeeded, t0, wake } from '../support/events.ts'
import { fold, given, logOf } from '../support/given.ts'
import { delay, graphOf, http, make, start } from '../support/graphs.ts'
import { parentHeard, paused, resumed } from '../support/whole-events.ts'

const graph = graphOf([start, http('fetch'), make('after')], ['start -> fetch', 'fetch -> after'])
const pauses = (notedAt: number, timers: 'frozen' | 'running' = 'frozen', now = t0) =>
  hear(notedAt, { notice: 'pause', timers }, now)
const resumes = (notedAt: number, now = t0) => hear(notedAt, { notice: 'resume' }, now)
const cancels = (notedAt: number, compensate = false) =>
  hear(notedAt, { notice: 'cancel', reason: 'enough', compensate })
const pausedBy = (log: Parameters<typeof fold>[0]) => (fold(log) as Started).pause?.reason ?? null

describe('a parent', () => {
  it('[CHD9] is heard once, and what it follows from is recorded', () => {
    given(...logOf(startExecution(graph)))
      .when(pauses(7, 'running', t0 + 5))
      .then(parentHeard('pause', 7, t0 + 5), paused(t0 + 5, { reason: 'parent', timers: 'running' }))
    for (const again of [pauses(7), pauses(6), resumes(6), resumes(7), cancels(6)]) {
      given(...logOf(startExecution(graph), pauses(7)))
        .when(again)
        .then()
    }
  })

  it('[CHD9] is heard to resume what it never paused, so that the pause which comes late is known', () => {
    const log = logOf(startExecution(graph), resumes(9))
    expect(log.slice(2)).toEqual([parentHeard('resume', 9)])
    given(...log)
      .when(pauses(7))
      .then()
    given(...log)
      .when(pauses(11))
      .then(parentHeard('pause', 11), paused(t0, { reason: 'parent' }))
  })

  it('[CHD9] is heard after a retry by what it has said since', () => {
    const failed = failAttempt('fetch', { retryable: false })
    const log = logOf(startExecution(graph), pauses(7), failed, retryExecution())
    expect(pausedBy(log)).toBeNull()
    given(...log)
      .when(pauses(7))
      .then()
    given(...log)
      .when(pauses(8))
      .then(parentHeard('pause', 8), paused(t0, { reason: 'parent' }))
  })

  it('[CHD10] ends its own pause, and the child goes on', () => {
    given(...logOf(startExecution(graph), pauses(7), succeed('fetch', 1)))
      .when(resumes(8))
      .then(parentHeard('resume', 8), resumed(), made('after'), succeeded('after'))
  })

  it('[CHD10] does not end the pause of a person, whoever of them was first', () => {
    for (const both of [
      [pause(), pauses(7)],
      [pauses(7), pause()],
    ]) {
      const log = logOf(startExecution(graph), ...both)
      expect(pausedBy(log)).toBe('requested')
      given(...log)
        .when(resumes(8))
        .then(parentHeard('resume', 8))
      given(...logOf(startExecution(graph), ...both, resumes(8)))
        .when(resume())
        .then(resumed())
    }
  })

  it('[CHD10] holds on when a person resumes what both of them paused, and time goes on to stand still', () => {
    const resting = graphOf([start, delay('nap', 5000)], ['start -> nap'])
    const both = [startExecution(resting), pause(t0 + 100), pauses(7, 'running', t0 + 200)]
    given(...logOf(...both))
      .when(resume(t0 + 300))
      .then(paused(t0 + 300, { reason: 'parent' }))
    const log = logOf(...both, resume(t0 + 300), resumes(8, t0 + 1100))
    expect((fold(log) as Started).timers.soonest()).toMatchObject({ at: t0 + 6000 })
  })

  it('[CHD10] that pauses alone can be overruled by a person', () => {
    const log = logOf(startExecution(graph), pauses(7), resume())
    expect(pausedBy(log)).toBeNull()
    given(...log)
      .when(pauses(7))
      .then()
  })

  it('[CHD11] leaves the child to what is unknown in it', () => {
    const careful = graphOf([start, http('pay', { once: true })], ['start -> pay'])
    for (const before of [
      [wake(t0), pauses(7)],
      [pauses(7), wake(t0)],
    ]) {
      const log = logOf(startExecution(careful), ...before)
      expect(pausedBy(log)).toBe('parent')
      given(...log)
        .when(resumes(8))
        .then(parentHeard('resume', 8), paused(t0, { reason: 'unknown' }))
      const said = logOf(startExecution(careful), ...before, resumes(8), answerUnknown('pay', { outcome: 'retry' }))
      expect(said.slice(-2)).toEqual([resumed(), attemptStarted('pay', 2)])
      const saidBefore = logOf(startExecution(careful), ...before, answerUnknown('pay', { outcome: 'retry' }))
      expect(pausedBy(saidBefore)).toBe('parent')
    }
  })

  const undoable = graphOf(
    [start, make('charge'), make('refund'), http('ship')],
    ['start -> charge', 'charge -> ship', 'charge.compensate -> refund'],
  )

  it('[CHD12] that cancels what it paused lets it undo what it did', () => {
    const log = logOf(startExecution(undoable), pauses(7), cancels(8, true))
    expect(log.slice(-3).map(({ type }) => type)).toEqual(['ExecutionResumed', 'StepSucceeded', 'ExecutionCancelled'])
    // A person may have begun to undo it.
    const begun = logOf(startExecution(undoable), pauses(7), cancelAndUndo(), cancels(8, true))
    expect(begun.at(-1)).toMatchObject({ type: 'ExecutionCancelled', reason: 'not needed any more' })
  })

  it('[CHD12] that cancels leaves the pause of a person, and undoes nothing that is not to be undone', () => {
    const held = fold(logOf(startExecution(undoable), pause(), cancels(8, true)))
    expect([statusOf(held), (held as Started).compensation?.done]).toEqual(['paused', 0])
    for (const log of [
      logOf(startExecution(undoable), cancels(8)),
      logOf(startExecution(undoable), pauses(7), cancels(8)),
    ]) {
      expect(log.at(-1)).toMatchObject({ type: 'ExecutionCancelled', reason: 'enough' })
      expect(log).not.toContainEqual(expect.objectContaining({ type: 'CompensationStarted' }))
    }
  })

  it('[CHD12] that cancels undoes what runs', () => {
    const log = logOf(startExecution(undoable), cancels(8, true))
    expect(log.slice(-2).map(({ type }) => type)).toEqual(['StepSucceeded', 'ExecutionCancelled'])
  })
})

import { describe, expect, it } from 'vitest'

import { nextWakeAt, nodeStatus, statusOf } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import { answerUnknown, callBack, cancelAndUndo, pause, resume, retryExecution, signal } from '../support/commands.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  cancel,
  cancelled,
  done,
  executionFailed,
  failAttempt,
  interrupted,
  made,
  startExecution,
  stepCancelled,
  stepFailed,
  succeed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { eventsOf, fold, given, logOf } from '../support/given.ts'
import { broken, callback, graphOf, http, make, nodeId, signalled, start, step } from '../support/graphs.ts'
import {
  answerIgnored,
  paused,
  resumed,
  signalReceived,
  undoing,
  unknown,
  unknownAnswered,
} from '../support/whole-events.ts'

const retry = { maxAttempts: 2, initialIntervalMs: 1000, jitter: 0 }

describe('an execution that fails', () => {
  const graph = graphOf(
    [start, http('charge'), http('book'), http('ship'), http('refund', { retry }), http('cancel_booking')],
    [
      'start -> charge',
      'charge -> book',
      'book -> ship',
      'charge.compensate -> refund',
      'book.compensate -> cancel_booking',
    ],
  )
  const shipping = logOf(startExecution(graph), succeed('charge', 1), succeed('book', 2))
  const cause = { type: 'failed', failure: busy, step: step('ship') } as const
  const failing = [...shipping, ...eventsOf(shipping, failAttempt('ship'))]

  it('[CMP1] undoes first what was done last', () => {
    given(...shipping)
      .when(failAttempt('ship'))
      .then(
        attemptFailed('ship'),
        stepFailed('ship', busy),
        undoing(['book', 'charge'], cause),
        attemptStarted('cancel_booking'),
      )
  })

  it('[CMP1] undoes one after another, and ends as failed when all are undone', () => {
    given(...failing)
      .when(succeed('cancel_booking', null))
      .then(done('cancel_booking', null, { attempt: 1 }), attemptStarted('refund'))
    given(...failing, ...eventsOf(failing, succeed('cancel_booking', null)))
      .when(succeed('refund', null))
      .then(done('refund', null, { attempt: 1 }), executionFailed(busy, 'ship'))
  })

  it('[CMP1] cancels what is active before', () => {
    const two = graphOf(
      [start, http('charge'), http('ship'), http('other'), make('refund')],
      ['start -> charge', 'start -> ship', 'start -> other', 'charge.compensate -> refund'],
    )
    given(...logOf(startExecution(two), succeed('charge', 1)))
      .when(failAttempt('ship'))
      .then(
        attemptFailed('ship'),
        stepFailed('ship', busy),
        stepCancelled('other'),
        undoing(['charge'], cause),
        made('refund'),
        executionFailed(busy, 'ship'),
      )
  })

  it('[CMP1] has nothing to undo when nothing that can be undone succeeded', () => {
    const first = logOf(startExecution(graph))
    given(...first)
      .when(failAttempt('charge'))
      .then(attemptFailed('charge'), stepFailed('charge', busy), executionFailed(busy, 'charge'))
  })

  it('[CMP1] is undone after its time is up, too', () => {
    const brief = graphOf(
      [start, http('charge'), http('ship'), http('refund')],
      ['start -> charge', 'charge -> ship', 'charge.compensate -> refund'],
      {
        timeoutMs: 1000,
      },
    )
    const log = logOf(startExecution(brief), succeed('charge', 1))
    const timeout = { code: 'execution_timeout', message: 'the execution did not end within its time limit' }
    const late = t0 + 1000
    const after = given(...log).when(wake(late, ['ship']))
    after.then(
      stepCancelled('ship', late),
      undoing(['charge'], { type: 'failed', failure: timeout }, late),
      attemptStarted('refund', 1, late),
    )
    const over = [...log, ...eventsOf(log, wake(late, ['ship']))]
    expect(nextWakeAt(fold(over))).toBeNull()
    given(...over)
      .when(wake(late + 5000, ['refund']))
      .then()
    given(...over)
      .when(succeed('refund', 1, 1, late))
      .then(done('refund', 1, { attempt: 1, at: late }), executionFailed(timeout, undefined, late))
  })

  it('[CMP4] goes on undoing when something cannot be undone', () => {
    given(...failing)
      .when(failAttempt('cancel_booking'))
      .then(
        attemptFailed('cancel_booking'),
        stepFailed('cancel_booking', busy, { handled: 'continue' }),
        attemptStarted('refund'),
      )
  })

  it('[CMP4] goes on undoing when a text of what undoes fails', () => {
    const unread = graphOf(
      [start, http('charge'), http('ship'), broken('refund')],
      ['start -> charge', 'charge -> ship', 'charge.compensate -> refund'],
    )
    const log = logOf(startExecution(unread), succeed('charge', 1), failAttempt('ship'))
    expect(log.slice(-2)).toMatchObject([
      { type: 'StepFailed', step: 'refund', handled: 'continue', ports: [] },
      { type: 'ExecutionFailed', step: 'ship' },
    ])
  })

  it('[CMP5] tries to undo as its policy says, whatever the deadline', () => {
    const log = [...failing, ...eventsOf(failing, succeed('cancel_booking', null), failAttempt('refund'))]
    expect(log.at(-1)).toEqual(attemptFailed('refund', 1, { retryAt: t0 + 1000 }))
    expect(statusOf(fold(log))).toBe('waiting')
    given(...log)
      .when(wake(t0 + 1000))
      .then(attemptStarted('refund', 2, t0 + 1000))
  })

  it('[CMP5] starts an undoing attempt again that a crash interrupted', () => {
    given(...failing)
      .when(wake(t0 + 5))
      .then(interrupted('cancel_booking', 1, t0 + 5), attemptStarted('cancel_booking', 2, t0 + 5))
  })

  it('[CMP5][ONC1] asks a person what an undoing step did that acts at most once', () => {
    const once = graphOf(
      [start, http('charge'), http('ship'), http('refund', { once: true })],
      ['start -> charge', 'charge -> ship', 'charge.compensate -> refund'],
    )
    const log = logOf(startExecution(once), succeed('charge', 1), failAttempt('ship'), wake(t0 + 5))
    expect(log.slice(-2)).toEqual([unknown('refund', 1, t0 + 5), paused(t0 + 5, { reason: 'unknown' })])
    given(...log)
      .when(answerUnknown('refund', { outcome: 'retry' }, t0 + 9))
      .then(unknownAnswered('refund', 'retry', t0 + 9), resumed(t0 + 9), attemptStarted('refund', 2, t0 + 9))
    given(...log)
      .when(answerUnknown('refund', { outcome: 'failed', message: 'no' }, t0 + 9))
      .then(
        unknownAnswered('refund', 'failed', t0 + 9),
        stepFailed('refund', { code: 'failed_by_hand', message: 'no' }, { at: t0 + 9, handled: 'continue' }),
        resumed(t0 + 9),
        executionFailed(busy, 'ship', t0 + 9),
      )
  })

  it('[CMP6] undoes nothing that was cut off', () => {
    const log = logOf(startExecution(graph), succeed('charge', 1), cancelAndUndo())
    expect(log.slice(-3)).toMatchObject([
      { type: 'StepCancelled', step: 'book' },
      { type: 'CompensationStarted', steps: ['charge'] },
      { type: 'AttemptStarted', step: 'refund' },
    ])
  })

  it('[CMP7] takes neither cancel nor retry while it is undone', () => {
    given(...failing)
      .when(cancel())
      .thenRejected({ reason: 'compensated' })
    given(...failing)
      .when(retryExecution())
      .thenRejected({ reason: 'not_failed', status: 'running' })
  })

  it('[CMP7] keeps signals that come while it is undone, and refuses callbacks', () => {
    const waiting = graphOf(
      [start, http('charge'), http('ship'), http('refund'), callback('printed'), signalled('pay')],
      ['start -> charge', 'charge -> ship', 'ship -> printed', 'start -> pay', 'charge.compensate -> refund'],
    )
    const log = logOf(startExecution(waiting), succeed('charge', 1), failAttempt('ship'))
    given(...log)
      .when(signal(1))
      .then(signalReceived(1))
    given(...log)
      .when(callBack('printed', 1))
      .then(answerIgnored('printed', 'the step is not under way'))
  })

  it('[CMP8] skips what undoes a step when there is nothing to undo', () => {
    const log = logOf(startExecution(graph), succeed('charge', 1), succeed('book', 2), succeed('ship', 3))
    expect(log.at(-1)).toEqual(succeeded('ship'))
    const state = fold(log) as Started
    expect(nodeStatus(state, nodeId('refund'))).toBe('skipped')
    expect(nodeStatus(fold(shipping) as Started, nodeId('refund'))).toBe('pending')
  })

  it('[CMP9] is undone after the pause in which it failed', () => {
    const log = [...shipping, ...eventsOf(shipping, pause(), failAttempt('ship'))]
    expect(log.at(-1)).toEqual(undoing(['book', 'charge'], cause))
    expect(statusOf(fold(log))).toBe('paused')
    given(...log)
      .when(resume(t0 + 9))
      .then(resumed(t0 + 9), attemptStarted('cancel_booking', 1, t0 + 9))
  })

  it('[CMP9] stands still in a pause between two steps', () => {
    const log = [...failing, ...eventsOf(failing, pause(), succeed('cancel_booking', null))]
    expect(log.at(-1)).toEqual(done('cancel_booking', null, { attempt: 1 }))
    given(...log)
      .when(resume(t0 + 9))
      .then(resumed(t0 + 9), attemptStarted('refund', 1, t0 + 9))
  })

  it('[CMP4] folds no undoing step into a log that undoes nothing', () => {
    expect(() => fold([...shipping, done('refund', 1)])).toThrow('only a compensation runs what undoes a step')
  })
})

describe('an execution that is cancelled', () => {
  const graph = graphOf(
    [start, http('charge'), http('ship'), http('refund')],
    ['start -> charge', 'charge -> ship', 'charge.compensate -> refund'],
  )
  const begun = logOf(startExecution(graph), succeed('charge', 1))
  const cause = { type: 'cancelled', reason: 'not needed any more' } as const

  it('[CMP2] is undone when that is asked for, and cancelled then', () => {
    given(...begun)
      .when(cancelAndUndo())
      .then(stepCancelled('ship'), undoing(['charge'], cause), attemptStarted('refund'))
    given(...begun, ...eventsOf(begun, cancelAndUndo()))
      .when(succeed('refund', 1))
      .then(done('refund', 1, { attempt: 1 }), cancelled())
  })

  it('[CMP2] is not undone when nobody asks for it, nor when there is nothing to undo', () => {
    given(...begun)
      .when(cancel())
      .then(stepCancelled('ship'), cancelled())
    given(...logOf(startExecution(graph)))
      .when(cancelAndUndo())
      .then(stepCancelled('charge'), cancelled())
  })

  it('[CMP9] in a pause is undone when it is resumed', () => {
    const log = [...begun, ...eventsOf(begun, pause(), cancelAndUndo())]
    expect(log.at(-1)).toEqual(undoing(['charge'], cause))
    given(...log)
      .when(resume(t0 + 9))
      .then(resumed(t0 + 9), attemptStarted('refund', 1, t0 + 9))
  })

  it('[CMP9][ONC3] is undone at once when only an unknown step held it', () => {
    const once = graphOf(
      [start, http('charge'), http('ship', { once: true }), http('refund')],
      ['start -> charge', 'charge -> ship', 'charge.compensate -> refund'],
    )
    const log = logOf(startExecution(once), succeed('charge', 1), wake(t0 + 5))
    given(...log)
      .when(cancelAndUndo(t0 + 9))
      .then(
        stepCancelled('ship', t0 + 9),
        undoing(['charge'], cause, t0 + 9),
        resumed(t0 + 9),
        attemptStarted('refund', 1, t0 + 9),
      )
  })
})

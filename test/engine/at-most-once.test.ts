import { describe, expect, it } from 'vitest'

import { statusOf } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import { waitingFor } from '../../runtime/engine/status.ts'
import { limits } from '../../schemas/limits.ts'
import { answerUnknown, pause, resume } from '../support/commands.ts'
import {
  attemptStarted,
  done,
  executionFailed,
  failAttempt,
  interrupted,
  made,
  startExecution,
  stepFailed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { eventsOf, fold, given, logOf } from '../support/given.ts'
import { each, graphOf, http, inside, make, start } from '../support/graphs.ts'
import { paused, resumed, unknown, unknownAnswered } from '../support/whole-events.ts'

describe('a step that acts at most once', () => {
  const once = { once: true }
  const graph = graphOf(
    [start, http('charge', once), make('after'), http('other')],
    ['start -> charge', 'start -> other', 'charge -> after'],
  )
  const alone = graphOf([start, http('charge', once), make('after')], ['start -> charge', 'charge -> after'])
  const crashed = logOf(startExecution(alone), wake(t0 + 5))
  const byUnknown = { reason: 'unknown', timers: 'frozen' } as const

  it('[ONC1] is unknown after a crash, and pauses the execution', () => {
    const after = given(...logOf(startExecution(graph))).when(wake(t0 + 5, ['other']))
    after.then(unknown('charge', 1, t0 + 5), paused(t0 + 5, byUnknown))
    expect(statusOf(after.state)).toBe('paused')
    expect(waitingFor(after.state as Started)).toEqual([{ for: 'person', step: 'charge' }])
  })

  it('[PAU8] stays paused as it was, when a person asks for the pause', () => {
    given(...crashed)
      .when(pause(t0 + 9, 'running'))
      .then(paused(t0 + 9))
  })

  it('[ONC1] pauses once, also when several are unknown, and interrupts the others', () => {
    const two = graphOf(
      [start, http('a', once), http('b', once), http('c')],
      ['start -> a', 'start -> b', 'start -> c'],
    )
    given(...logOf(startExecution(two)))
      .when(wake(t0 + 5))
      .then(unknown('a', 1, t0 + 5), paused(t0 + 5, byUnknown), unknown('b', 1, t0 + 5), interrupted('c', 1, t0 + 5))
  })

  it('[ONC1] pauses nothing that is paused already', () => {
    given(...logOf(startExecution(alone), pause()))
      .when(wake(t0 + 5))
      .then(unknown('charge', 1, t0 + 5))
  })

  it('[ONC2][ONC3] goes on with the output that a person says', () => {
    given(...crashed)
      .when(answerUnknown('charge', { outcome: 'succeeded', output: 'paid' }, t0 + 9))
      .then(
        unknownAnswered('charge', 'succeeded', t0 + 9),
        done('charge', 'paid', { attempt: 1, at: t0 + 9 }),
        resumed(t0 + 9),
        made('after', { at: t0 + 9 }),
        succeeded('after', t0 + 9),
      )
  })

  it('[ONC2] fails when a person says so', () => {
    const failure = { code: 'failed_by_hand', message: 'the bank knows nothing' }
    given(...crashed)
      .when(answerUnknown('charge', { outcome: 'failed', message: failure.message }, t0 + 9))
      .then(
        unknownAnswered('charge', 'failed', t0 + 9),
        stepFailed('charge', failure, { at: t0 + 9 }),
        executionFailed(failure, 'charge', t0 + 9),
      )
  })

  it('[ONC2] is tried again when a person says so, with the same key', () => {
    given(...crashed)
      .when(answerUnknown('charge', { outcome: 'retry' }, t0 + 9))
      .then(unknownAnswered('charge', 'retry', t0 + 9), resumed(t0 + 9), attemptStarted('charge', 2, t0 + 9))
  })

  it('[ONC2][STP7] fails when the output that a person says is too large', () => {
    const after = given(...crashed).when(
      answerUnknown('charge', { outcome: 'succeeded', output: 'x'.repeat(limits.stepOutputBytes) }),
    )
    expect(after.state).toMatchObject({ status: 'failed', failedStep: 'charge' })
  })

  it('[ONC3] goes on only when nothing is unknown any more', () => {
    const two = graphOf([start, http('a', once), http('b', once)], ['start -> a', 'start -> b'])
    const log = logOf(startExecution(two), wake(t0 + 5))
    given(...log)
      .when(answerUnknown('a', { outcome: 'succeeded', output: 1 }, t0 + 9))
      .then(unknownAnswered('a', 'succeeded', t0 + 9), done('a', 1, { attempt: 1, at: t0 + 9 }))
  })

  it('[ONC3] goes on when what was unknown is cancelled', () => {
    const items = graphOf(
      [
        start,
        each('orders', {}, { onError: 'continue' }),
        http('charge', { ...once, ...inside('orders') }),
        make('after'),
      ],
      ['start -> orders', 'orders.body -> charge', 'orders -> after'],
    )
    const log = logOf(
      startExecution(items, { trigger: { body: { items: ['a', 'b'] } } }),
      wake(t0 + 5, ['charge@orders[1]']),
    )
    const after = given(...log).when(failAttempt('charge@orders[1]', { now: t0 + 9 }))
    expect(after.state).toMatchObject({ status: 'succeeded' })
  })

  it('[ONC4] goes on only when it is resumed if somebody asked for the pause, too', () => {
    const asked = logOf(startExecution(alone), wake(t0 + 5), pause(t0 + 6, 'running'))
    expect(asked.at(-1)).toEqual(paused(t0 + 6, { timers: 'frozen' }))
    given(...asked)
      .when(resume(t0 + 7))
      .thenRejected({ reason: 'unknown_steps', steps: ['charge'] })
    const answered = [...asked, ...eventsOf(asked, answerUnknown('charge', { outcome: 'retry' }, t0 + 8))]
    expect(answered.at(-1)).toEqual(unknownAnswered('charge', 'retry', t0 + 8))
    given(...answered)
      .when(resume(t0 + 9))
      .then(resumed(t0 + 9), attemptStarted('charge', 2, t0 + 9))
  })

  it('[ONC5] is the only one of which a person can say what it did', () => {
    given(...logOf(startExecution(alone)))
      .when(answerUnknown('charge', { outcome: 'retry' }))
      .thenRejected({ reason: 'not_unknown', step: 'charge' })
  })

  it('[ONC6] fails when its attempt does, or gives no answer in time', () => {
    const begun = logOf(startExecution(alone))
    expect(given(...begun).when(failAttempt('charge')).state).toMatchObject({ failedStep: 'charge' })
    expect(given(...begun).when(wake(t0 + 30_000, ['charge'])).state).toMatchObject({ failedStep: 'charge' })
  })

  it('[ATT16] is answered once, and only a running attempt becomes unknown', () => {
    expect(() => fold([unknownAnswered('charge', 'retry')], fold(logOf(startExecution(alone))))).toThrow(
      'only what is unknown is answered',
    )
    expect(() => fold([unknown('charge')], fold(crashed))).toThrow('only an attempt in flight is interrupted')
  })
})

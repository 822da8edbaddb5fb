import { describe, expect, it } from 'vitest'

import { nextWakeAt, statusOf } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import { isQuiescent, waitingFor } from '../../runtime/engine/status.ts'
import { limits } from '../../schemas/limits.ts'
import { pause, resume, signal } from '../support/commands.ts'
import {
  attemptFailed,
  attemptStarted,
  cancel,
  done,
  failAttempt,
  interrupted,
  made,
  startExecution,
  succeed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { eventsOf, fold, given, logOf } from '../support/given.ts'
import { approval, child, delay, each, graphOf, http, inside, make, signalled, start, step } from '../support/graphs.ts'
import { heard, iterated, iterationStarted, paused, resumed, signalReceived, took } from '../support/whole-events.ts'

const policy = { maxAttempts: 3, initialIntervalMs: 1000, jitter: 0 }

describe('a paused execution', () => {
  const graph = graphOf(
    [start, http('fetch', { retry: policy }), make('after'), delay('nap', 5000), signalled('pay')],
    ['start -> fetch', 'start -> nap', 'start -> pay', 'fetch -> after'],
  )
  const begun = logOf(startExecution(graph))
  const stopped = logOf(startExecution(graph), pause(t0 + 100))

  it('[PAU1] is one by an event', () => {
    const after = given(...begun).when(pause(t0 + 100))
    after.then(paused(t0 + 100))
    expect(statusOf(after.state)).toBe('paused')
  })

  it('[PAU1] records what attempts in flight come to, and begins nothing', () => {
    given(...stopped)
      .when(succeed('fetch', 1, 1, t0 + 200))
      .then(done('fetch', 1, { attempt: 1, at: t0 + 200 }))
    given(...stopped)
      .when(failAttempt('fetch', { now: t0 + 200 }))
      .then(attemptFailed('fetch', 1, { at: t0 + 200, retryAt: t0 + 1200 }))
  })

  it('[PAU1] does not end when nothing is left to do: that is for when it is resumed', () => {
    const one = graphOf([start, http('fetch')], ['start -> fetch'])
    const log = logOf(startExecution(one), pause(), succeed('fetch', 1))
    expect(log.at(-1)).toEqual(done('fetch', 1, { attempt: 1 }))
    given(...log)
      .when(resume())
      .then(resumed(), succeeded('fetch'))
  })

  it('[PAU2] takes answers, and the steps that waited for them end', () => {
    given(...stopped)
      .when(signal('yes', { now: t0 + 200 }))
      .then(signalReceived('yes', { at: t0 + 200 }), took('pay', stopped.length + 1, { at: t0 + 200 }))
  })

  it('[PAU3] fails at once with a step that ends it', () => {
    const over = given(...stopped).when(failAttempt('fetch', { now: t0 + 200, retryable: false }))
    expect(over.state).toMatchObject({ status: 'failed', pause: null })
  })

  it('[PAU4] fires nothing, whatever is due', () => {
    given(...stopped)
      .when(wake(t0 + 60_000, ['fetch']))
      .then(attemptFailed('fetch', 1, { at: t0 + 60_000, failure: timedOut, retryAt: t0 + 61_000 }))
  })

  it('[PAU4] moves what waits, and its deadline, by the time for which it stood still', () => {
    const limited = graphOf(
      [start, http('fetch', { retry: policy }), delay('nap', 5000), approval('ask', { timeoutMs: 7000 })],
      ['start -> fetch', 'start -> nap', 'start -> ask'],
      { timeoutMs: 9000 },
    )
    const failed = failAttempt('fetch', { now: t0 + 300 })
    const before = [startExecution(limited), failed, pause(t0 + 500)]
    const state = fold(logOf(...before, resume(t0 + 10_500))) as Started
    expect(waitingFor(state)).toEqual([
      { for: 'retry', step: 'fetch', until: t0 + 11_300 },
      { for: 'delay', step: 'nap', until: t0 + 15_000 },
      { for: 'approval', step: 'ask', name: 'ask', until: t0 + 17_000 },
    ])
    expect(state.deadlineAt).toBe(t0 + 19_000)
  })

  it('[PAU4] moves a retry whose attempt failed meanwhile by the time since then', () => {
    const log = logOf(
      startExecution(graph),
      pause(t0 + 500),
      failAttempt('fetch', { now: t0 + 2000 }),
      resume(t0 + 5000),
    )
    expect((fold(log) as Started).steps.get(step('fetch'))).toMatchObject({ retryAt: t0 + 6000 })
  })

  it('[PAU5] with running timers fires after the pause what was due in it', () => {
    const log = logOf(startExecution(graph), pause(t0 + 100, 'running'), succeed('fetch', 1), wake(t0 + 6000))
    expect(log.at(-1)).toMatchObject({ type: 'StepSucceeded', step: 'fetch' })
    const again = [...log, resumed(t0 + 7000), made('after', { at: t0 + 7000 })]
    given(...log)
      .when(resume(t0 + 7000))
      .then(resumed(t0 + 7000), made('after', { at: t0 + 7000 }))
    expect(nextWakeAt(fold(again))).toBe(t0 + 5000)
    given(...again)
      .when(wake(t0 + 7001))
      .then(done('nap', { until: t0 + 5000 }, { at: t0 + 7001 }))
  })

  it('[PAU5] with running timers still fails at its deadline', () => {
    const brief = graphOf([start, delay('nap', 5000)], ['start -> nap'], { timeoutMs: 1000 })
    const running = logOf(startExecution(brief), pause(t0 + 100, 'running'))
    expect(nextWakeAt(fold(running))).toBe(t0 + 1000)
    expect(given(...running).when(wake(t0 + 1000)).state).toMatchObject({ status: 'failed' })
    const frozen = logOf(startExecution(brief), pause(t0 + 100))
    given(...frozen)
      .when(wake(t0 + 90_000))
      .then()
  })

  it('[PAU6] wakes for nothing', () => {
    expect(nextWakeAt(fold(stopped))).toBeNull()
    expect(nextWakeAt(fold(logOf(startExecution(graph), pause(t0, 'running'))))).toBeNull()
  })

  it('[PAU7] goes on with interrupted attempts and then with what edges have reached, in the order of the keys', () => {
    const two = graphOf(
      [start, http('a'), http('b'), make('z_after_a'), make('y_after_b'), http('c')],
      ['start -> a', 'start -> b', 'start -> c', 'a -> z_after_a', 'b -> y_after_b'],
    )
    const log = logOf(startExecution(two), pause(), succeed('a', 1), succeed('b', 1), wake(t0 + 5))
    expect(log.at(-1)).toEqual(interrupted('c', 1, t0 + 5))
    given(...log)
      .when(resume(t0 + 9))
      .then(
        resumed(t0 + 9),
        attemptStarted('c', 2, t0 + 9),
        made('y_after_b', { at: t0 + 9 }),
        made('z_after_a', { at: t0 + 9 }),
      )
  })

  it('[PAU7] goes on with iterations that ended meanwhile, and with containers that have room', () => {
    const items = graphOf(
      [start, each('orders', { concurrency: 1 }), http('check', inside('orders'))],
      ['start -> orders', 'orders.body -> check'],
    )
    const log = logOf(
      startExecution(items, { trigger: { body: { items: ['a', 'b'] } } }),
      pause(),
      succeed('check@orders[0]', 'A'),
    )
    given(...log)
      .when(resume())
      .then(
        resumed(),
        iterated('orders', 0, ['check@orders[0]', 6], { bytes: 4 }),
        iterationStarted('orders', 1),
        attemptStarted('check@orders[1]'),
      )
  })

  it('[PAU7][CON9] goes on with what a long turn had left over', () => {
    const items = graphOf(
      [start, each('orders'), make('note', 'note', inside('orders'))],
      ['start -> orders', 'orders.body -> note'],
    )
    const list = Array.from({ length: 300 }, (_, index) => index)
    const cut = logOf(startExecution(items, { trigger: { body: { items: list } } }), pause())
    expect(nextWakeAt(fold(cut))).toBeNull()
    given(...cut)
      .when(wake(t0 + 5))
      .then()
    expect(eventsOf(cut, resume(t0 + 9)).at(-1)).toEqual(succeeded('orders', t0 + 9))
  })

  it('[PAU8] that is paused again stays as it is', () => {
    given(...stopped)
      .when(pause(t0 + 200, 'running'))
      .then()
  })

  it('[PAU9] is the only one that can be resumed', () => {
    given(...begun)
      .when(resume())
      .thenRejected({ reason: 'not_paused' })
  })

  it('[PAU10] keeps the time limits of attempts in flight, and starts interrupted ones when it is resumed', () => {
    given(...stopped)
      .when(wake(t0 + 200))
      .then(interrupted('fetch', 1, t0 + 200))
    const log = logOf(startExecution(graph), pause(t0 + 100), wake(t0 + 200), wake(t0 + 300))
    expect(log.at(-1)).toEqual(interrupted('fetch', 1, t0 + 200))
  })

  it('[PAU11] stands still when nothing is in flight any more, and every child has heard', () => {
    expect(isQuiescent(fold(stopped) as Started)).toBe(false)
    const ended = [...stopped, ...eventsOf(stopped, failAttempt('fetch'))]
    expect(isQuiescent(fold(ended) as Started)).toBe(true)
    const shipping = graphOf([start, child('ship')], ['start -> ship'])
    const startedChild = { workflowId: 'shipping', executionId: 'child-1', version: 2 }
    const log = logOf(startExecution(shipping), succeed('ship', startedChild), pause())
    expect(isQuiescent(fold(log) as Started)).toBe(false)
    expect(isQuiescent(fold([...log, heard('pause', log.length, 2)]) as Started)).toBe(true)
  })

  it('[PAU11] stands still although an interrupted attempt will begin again', () => {
    expect(isQuiescent(fold(logOf(startExecution(graph), pause(), wake(t0))) as Started)).toBe(true)
  })

  it('[PAU10] lets a step fail that was interrupted too often', () => {
    const crashes = Array.from({ length: limits.interruptions - 1 }, () => wake(t0))
    const log = logOf(startExecution(graph), ...crashes, pause())
    expect(given(...log).when(wake(t0)).state).toMatchObject({ status: 'failed' })
  })

  it('[PAU1][EXE6] is cancelled as any other', () => {
    const after = given(...stopped).when(cancel(t0 + 300))
    expect(after.state).toMatchObject({ status: 'cancelled', pause: null })
  })

  const timedOut = { code: 'timeout', message: 'attempt 1 gave no answer within its time limit' }
})

describe

import { describe, expect, it } from 'vitest'

import { nextWakeAt, statusOf, waitingFor } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import { limits } from '../../schemas/limits.ts'
import {
  attemptFailed,
  attemptStarted,
  cancelled,
  delayed,
  done,
  executionFailed,
  interrupted,
  made,
  startExecution,
  started,
  stepCancelled,
  stepFailed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { fold, given, logOf } from '../support/given.ts'
import { delay, graphOf, http, make, start } from '../support/graphs.ts'

const timeout = { code: 'execution_timeout', message: 'the execution did not end within its time limit' }
const waiting = (ms: unknown) =>
  graphOf([start, delay('pause', ms), make('after')], ['start -> pause', 'pause -> after'])
const pausedUntil = (id: string, until: number, at: number) => done(id, { until }, { at })

describe('a delay', () => {
  it('[DLY1] begins by saying until when it lasts', () => {
    const graph = waiting(1000)
    given()
      .when(startExecution(graph))
      .then(started(graph), delayed('pause', t0 + 1000))
  })

  it('[DLY2] ends when its moment has come, and the execution goes on', () => {
    given(started(waiting(1000)), delayed('pause', t0 + 1000))
      .when(wake(t0 + 1000))
      .then(pausedUntil('pause', t0 + 1000, t0 + 1000), made('after', { at: t0 + 1000 }), succeeded('after', t0 + 1000))
  })

  it('[DLY2] does not end one millisecond before', () => {
    given(started(waiting(1000)), delayed('pause', t0 + 1000))
      .when(wake(t0 + 999))
      .then()
  })

  it('[DLY3] of no time is due at once', () => {
    const graph = waiting(0)
    const begun = given().when(startExecution(graph))
    begun.then(started(graph), delayed('pause', t0))
    expect(nextWakeAt(begun.state)).toBe(t0)
  })

  it('[DLY3] until a moment that has passed is due at once', () => {
    const graph = graphOf(
      [start, { id: 'pause', kind: 'delay', config: { until: '2025-12-31T23:59:59Z' } }],
      ['start -> pause'],
    )
    const begun = given().when(startExecution(graph))
    begun.then(started(graph), delayed('pause', t0 - 1000))
    given(started(graph), delayed('pause', t0 - 1000))
      .when(wake(t0))
      .then(pausedUntil('pause', t0 - 1000, t0), succeeded('pause'))
  })

  it('[DLY4] fails when its text gives no time', () => {
    const graph = waiting('{{ trigger.body.customer.name }}')
    const failure = { code: 'expression_failed', message: 'ms gave "Ada", which is not a number of milliseconds' }
    given()
      .when(startExecution(graph))
      .then(started(graph), stepFailed('pause', failure), executionFailed(failure, 'pause'))
  })

  it('[DLY4] fails when its text fails', () => {
    const state = given().when(startExecution(waiting('{{ trigger.body.missing }}'))).state
    expect(state).toMatchObject({ status: 'failed', failedStep: 'pause' })
  })

  it('[DLY5] lasts a year at the most', () => {
    const graph = waiting('{{ trigger.body.ms }}')
    const year = 365 * 24 * 3_600_000
    const ofMs = (ms: number) => startExecution(graph, { trigger: { body: { ms } } })
    given()
      .when(ofMs(year))
      .then(started(graph, { trigger: { body: { ms: year } } }), delayed('pause', t0 + year))
    const failure = { code: 'expression_failed', message: `a delay may last ${year} ms at the most` }
    given()
      .when(ofMs(year + 1))
      .then(
        started(graph, { trigger: { body: { ms: year + 1 } } }),
        stepFailed('pause', failure),
        executionFailed(failure, 'pause'),
      )
  })
})

describe('waking', () => {
  const nodes = [start, delay('long', 2000), delay('short', 1000), make('after_long'), make('after_short')]
  const edges = ['start -> long', 'start -> short', 'long -> after_long', 'short -> after_short']
  const graph = graphOf(nodes, edges)
  const begun = [started(graph), delayed('long', t0 + 2000), delayed('short', t0 + 1000)]

  it('[WAK1] before anything is due records nothing', () => {
    given(...begun)
      .when(wake(t0 + 999))
      .then()
  })

  it('[WAK2] late fires in the order of the moments that were due', () => {
    const late = t0 + 50_000
    given(...begun)
      .when(wake(late))
      .then(
        pausedUntil('short', t0 + 1000, late),
        made('after_short', { at: late }),
        pausedUntil('long', t0 + 2000, late),
        made('after_long', { at: late }),
        succeeded(['after_long', 'after_short'], late),
      )
  })

  it('[WAK2] fires what was due at the same moment in the order of the keys', () => {
    const twins = graphOf([start, delay('b', 1000), delay('a', 1000)], ['start -> b', 'start -> a'])
    given(started(twins), delayed('b', t0 + 1000), delayed('a', t0 + 1000))
      .when(wake(t0 + 1000))
      .then(
        pausedUntil('a', t0 + 1000, t0 + 1000),
        pausedUntil('b', t0 + 1000, t0 + 1000),
        succeeded(['b', 'a'], t0 + 1000),
      )
  })

  it('[WAK3] fires what was due before the deadline, and then the deadline', () => {
    const brief = graphOf(nodes, edges, { timeoutMs: 1500 })
    const late = t0 + 50_000
    given(started(brief), delayed('long', t0 + 2000), delayed('short', t0 + 1000))
      .when(wake(late))
      .then(
        pausedUntil('short', t0 + 1000, late),
        made('after_short', { at: late }),
        stepCancelled('long', late),
        executionFailed(timeout, undefined, late),
      )
  })

  it('[WAK3] lets an execution succeed that would have, had it woken in time', () => {
    const brief = graphOf([start, delay('short', 1000)], ['start -> short'], { timeoutMs: 1500 })
    given(started(brief), delayed('short', t0 + 1000))
      .when(wake(t0 + 50_000))
      .then(pausedUntil('short', t0 + 1000, t0 + 50_000), succeeded('short', t0 + 50_000))
  })

  it('[WAK3] fires the deadline before a step that is due at the same moment', () => {
    const brief = graphOf([start, delay('short', 1000)], ['start -> short'], { timeoutMs: 1000 })
    given(started(brief), delayed('short', t0 + 1000))
      .when(wake(t0 + 1000))
      .then(stepCancelled('short', t0 + 1000), executionFailed(timeout, undefined, t0 + 1000))
  })

  it('[WAK4] looks for interrupted attempts first, in the order of their keys', () => {
    const three = graphOf(
      [start, delay('pause', 10), http('b'), http('a')],
      ['start -> pause', 'start -> b', 'start -> a'],
    )
    given(started(three), delayed('pause', t0 + 10), attemptStarted('b'), attemptStarted('a'))
      .when(wake(t0 + 10))
      .then(
        interrupted('a', 1, t0 + 10),
        attemptStarted('a', 2, t0 + 10),
        interrupted('b', 1, t0 + 10),
        attemptStarted('b', 2, t0 + 10),
        pausedUntil('pause', t0 + 10, t0 + 10),
      )
  })

  it('[WAK4] stops looking once the execution has ended', () => {
    const attempts = Array.from({ length: limits.interruptions - 1 }, (_, index) => index + 1)
    const graph = graphOf([start, http('a'), http('b')], ['start -> a', 'start -> b'])
    const failure = { code: 'interrupted', message: '100 attempts were interrupted by a crash' }
    given(
      started(graph),
      attemptStarted('a'),
      attemptStarted('b'),
      ...attempts.flatMap((attempt) => [interrupted('a', attempt), attemptStarted('a', attempt + 1)]),
    )
      .when(wake(t0))
      .then(
        interrupted('a', 100),
        attemptFailed('a', 100, { failure }),
        stepFailed('a', failure),
        stepCancelled('b'),
        executionFailed(failure, 'a'),
      )
  })

  it('[WAK5] starts the next attempt when its moment has come', () => {
    const retry = { maxAttempts: 2, initialIntervalMs: 1000, jitter: 0 }
    const retrying = graphOf([start, http('fetch', { retry })], ['start -> fetch'])
    given(started(retrying), attemptStarted('fetch'), attemptFailed('fetch', 1, { retryAt: t0 + 1000 }))
      .when(wake(t0 + 1000))
      .then(attemptStarted('fetch', 2, t0 + 1000))
  })
})

describe('the next wake', () => {
  const graph = graphOf(
    [start, delay('pause', 60_000), http('fetch'), make('after')],
    ['start -> pause', 'start -> fetch', 'pause -> after'],
  )

  it('[WAK6] is the soonest moment that something is due', () => {
    const both = graphOf([start, delay('long', 9000), delay('short', 1000)], ['start -> long', 'start -> short'])
    const state = fold([started(both), delayed('long', t0 + 9000), delayed('short', t0 + 1000)])
    expect(nextWakeAt(state)).toBe(t0 + 1000)
  })

  it('[WAK6] is the deadline when that is sooner', () => {
    const brief = graphOf([start, delay('long', 9000)], ['start -> long'], { timeoutMs: 500 })
    expect(nextWakeAt(fold([started(brief), delayed('long', t0 + 9000)]))).toBe(t0 + 500)
  })

  it('[WAK6] is when the next attempt begins', () => {
    const state = fold([started(graph), attemptStarted('fetch'), attemptFailed('fetch', 1, { retryAt: t0 + 700 })])
    expect(nextWakeAt(state)).toBe(t0 + 700)
  })

  it('[WAK6] takes no notice of an attempt in flight, whose runner ends it', () => {
    const state = fold([started(graph), delayed('pause', t0 + 60_000), attemptStarted('fetch')])
    expect(nextWakeAt(state)).toBe(t0 + 60_000)
  })

  it('[WAK7] is none while only an attempt in flight can move the execution', () => {
    expect(nextWakeAt(fold([started(graph), attemptStarted('fetch')]))).toBeNull()
  })

  it('[WAK7] is none before the start and after the end', () => {
    expect(nextWakeAt({ status: 'not_started', position: 0 })).toBeNull()
    expect(nextWakeAt(fold([started(graph), cancelled()]))).toBeNull()
  })
})

describe('what an execution waits for', () => {
  const retry = { maxAttempts: 9 }
  const graph = graphOf(
    [start, delay('pause', 60_000), delay('nap', 500), http('fetch', { retry })],
    ['start -> pause', 'start -> nap', 'start -> fetch'],
  )
  const inFlight = [started(graph), delayed('pause', t0 + 60_000), delayed('nap', t0 + 500), attemptStarted('fetch')]
  const retrying = attemptFailed('fetch', 1, { retryAt: t0 + 500 })

  it('[WAK8] is said soonest first, at the same moment by key', () => {
    const state = fold([...inFlight, retrying]) as Started
    expect(waitingFor(state)).toEqual([
      { for: 'retry', step: 'fetch', until: t0 + 500 },
      { for: 'delay', step: 'nap', until: t0 + 500 },
      { for: 'delay', step: 'pause', until: t0 + 60_000 },
    ])
    const others = fold([...inFlight.slice(0, 3)]) as Started
    expect(waitingFor(others).map(({ step }) => step)).toEqual(['nap', 'pause'])
  })

  it('[WAK8] is nothing that is in flight', () => {
    expect(waitingFor(fold(inFlight) as Started).map(({ step }) => step)).toEqual(['nap', 'pause'])
  })

  it('[WAK8] is said of so many at the most', () => {
    const ids = Array.from({ length: limits.waitingListed + 1 }, (_, index) => `nap_${index}`)
    const graph = graphOf(
      [start, ...ids.map((id) => delay(id))],
      ids.map((id) => `start -> ${id}`),
    )
    expect(waitingFor(fold(logOf(startExecution(graph))) as Started)).toHaveLength(limits.waitingListed)
  })

  it('[WAK9] makes it waiting, unless an attempt is in flight', () => {
    expect(statusOf(fold(inFlight))).toBe('running')
    expect(statusOf(fold([...inFlight, retrying]))).toBe('waiting')
    expect(statusOf(fold([...inFlight, retrying, cancelled()]))).toBe('cancelled')
  })

  it('[WAK9] is nothing between two events of one turn: it is running then', () => {
    expect(statusOf(fold(inFlight.slice(0, 1)))).toBe('running')
    expect(statusOf(fold([...inFlight, interrupted('fetch')]))).toBe('running')
  })
})

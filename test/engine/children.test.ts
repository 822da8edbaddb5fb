import { describe, expect, it } from 'vitest'
import { childKey, raisesFailure } from '../../runtime/engine/child.ts'
import { nextWakeAt, statusOf } from '../../runtime/engine/index.ts'
import { addressee, childOf } from '../../runtime/engine/notices.ts'
import type { Started } from '../../runtime/engine/state.ts'
import { waitingFor } from '../../runtime/engine/status.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { deliver, endChild, pause, resume, retryExecution } from '../support/commands.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  cancel,
  done,
  executionFailed,
  failAttempt,
  made,
  startExecution,
  started,
  stepFailed,
  succeed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { eventsOf, fold, given, logOf } from '../support/given.ts'
import { child, graphOf, http, make, start, step } from '../support/graphs.ts'
import { childStarted, heard, paused } from '../support/whole-events.ts'

const graph = graphOf(
  [start, child('ship', { input: '{{ trigger.body.total }}' }), make('after')],
  ['start -> ship', 'ship -> after'],
)
const asked = attemptStarted('ship', 1, t0, {
  request: {
    kind: 'workflow',
    config: { workflowId: 'shipping', input: 40, wait: true },
    injections: [],
  },
})
const startedChild = { workflowId: 'shipping', executionId: 'child-1', version: 2 }
const waiting = [started(graph), asked, childStarted('ship')]
const noticesOf = (log: readonly ExecutionEvent[]) =>
  [...(fold(log) as Started).notices.entries()].map(([to, { notice }]) => [to, notice])
/** Position of the attempt that starts the child. */
const at = 2

describe('a step that starts a child', () => {
  it('[CHD1] starts it by an attempt, and waits for its end', () => {
    given().when(startExecution(graph)).then(started(graph), asked)
    const after = given(started(graph), asked).when(succeed('ship', startedChild))
    after.then(childStarted('ship'))
    expect(statusOf(after.state)).toBe('waiting')
    expect(waitingFor(after.state as Started)).toEqual([{ for: 'child', step: 'ship', executionId: 'child-1' }])
    expect(nextWakeAt(after.state)).toBeNull()
  })

  it('[CHD1] is over when it has started, when it does not wait', () => {
    const free = graphOf([start, child('ship', { wait: false })], ['start -> ship'])
    const log = logOf(startExecution(free), succeed('ship', startedChild))
    expect(log.slice(2)).toEqual([done('ship', startedChild, { attempt: 1 }), succeeded('ship')])
    expect(noticesOf(log)).toEqual([])
    expect(noticesOf(logOf(startExecution(free), cancel()))).toEqual([])
  })

  it('[CHD1] has one child however often its start is tried, and another after a retry', () => {
    const of = (attempt: number) => childKey({ ...asked, attempt } as EventOf<'AttemptStarted'>)
    expect(of(1)).toBe('execution-1.ship')
    expect(of(2)).toBe('execution-1.ship~2')
  })

  it('[CHD8] notes whom it tells by the attempt that started it', () => {
    expect([childOf(addressee()), childOf(addressee(at))]).toEqual([null, at])
  })

  it('[CHD2] tries ten times without a policy of its own', () => {
    given(started(graph), asked)
      .when(failAttempt('ship'))
      .then(attemptFailed('ship', 1, { retryAt: t0 + 500 }))
    const attempts = Array.from({ length: 9 }, (_, index) => [
      failAttempt('ship', { attempt: index + 1 }),
      wake(t0 + 3_600_000 * (index + 1)),
    ]).flat()
    const log = logOf(startExecution(graph), ...attempts)
    expect(given(...log).when(failAttempt('ship', { attempt: 10 })).state).toMatchObject({ failedStep: 'ship' })
  })

  it('[CHD3] succeeds with the output of its child', () => {
    given(...waiting)
      .when(endChild('ship', { status: 'succeeded', output: 'sent' }))
      .then(done('ship', 'sent', { attempt: 1 }), made('after'), succeeded('after'))
  })

  it('[CHD3] fails with the failure of its child, however that ended', () => {
    for (const status of ['failed', 'cancelled', 'quarantined'] as const) {
      const failure = { ...busy, details: { executionId: 'child-1', status } }
      given(...waiting)
        .when(endChild('ship', { status, failure: busy }))
        .then(stepFailed('ship', failure), executionFailed(busy, 'ship'))
    }
  })

  it('[CHD3][STP7] fails when the output of its child is too large', () => {
    const output = 'x'.repeat(limits.stepOutputBytes)
    const after = given(...waiting).when(endChild('ship', { status: 'succeeded', output }))
    expect(after.state).toMatchObject({ status: 'failed', failedStep: 'ship' })
  })

  it('[CHD3] is told in a pause as well', () => {
    given(...waiting, paused())
      .when(endChild('ship', { status: 'succeeded', output: 'sent' }))
      .then(done('ship', 'sent', { attempt: 1 }))
  })

  it('[CHD4] is told once, and only by its child', () => {
    const two = graphOf([start, child('ship'), http('other')], ['start -> ship', 'start -> other'])
    const log = logOf(startExecution(two), succeed('ship', startedChild))
    const ended = { status: 'succeeded', output: 'sent' } as const
    given(...log)
      .when(endChild('ship', ended, 'child-2'))
      .then()
    given(...log, ...eventsOf(log, endChild('ship', ended)))
      .when(endChild('ship', ended))
      .then()
    given(...log)
      .when(endChild('nowhere', ended))
      .then()
  })

  it('[CHD4] asks a child that ended at once to tell it again, when its start is recorded', () => {
    given(started(graph), asked)
      .when(endChild('ship', { status: 'succeeded', output: 'sent' }))
      .thenRejected({ reason: 'not_waiting', step: 'ship' })
  })

  it('[CHD5] tells the child when it is cancelled, also while it starts', () => {
    for (const log of [waiting, [started(graph), asked]]) {
      expect(noticesOf([...log, ...eventsOf(log, cancel())])).toEqual([[String(at), 'cancel']])
    }
  })

  it('[CHD5] tells the child when it gives up, unless nobody can have started it', () => {
    const timeout = failAttempt('ship', { failure: { code: 'timeout', message: 'no answer' }, retryable: false })
    expect(noticesOf(logOf(startExecution(graph), timeout))).toEqual([[String(at), 'cancel']])
    const unknown = failAttempt('ship', { failure: { code: 'workflow_not_found', message: 'no' }, retryable: false })
    expect(noticesOf(logOf(startExecution(graph), unknown))).toEqual([])
    expect(
      noticesOf([...waiting, ...eventsOf(waiting, endChild('ship', { status: 'failed', failure: busy }))]),
    ).toEqual([])
  })

  it('[CHD6] tells the child of a pause and of its end, the newest only', () => {
    const stopped = [...waiting, ...eventsOf(waiting, pause())]
    expect(noticesOf(stopped)).toEqual([[String(at), 'pause']])
    expect(noticesOf([...stopped, ...eventsOf(stopped, resume())])).toEqual([[String(at), 'resume']])
  })

  it('[CHD6] tells a child that starts in a pause', () => {
    const log = logOf(startExecution(graph), pause(), succeed('ship', startedChild))
    expect(noticesOf(log)).toEqual([[String(at), 'pause']])
  })

  it('[CHD6] has nothing more to tell when the child has ended', () => {
    const stopped = [...waiting, paused()]
    const ended = eventsOf(stopped, endChild('ship', { status: 'succeeded', output: 'sent' }))
    expect(noticesOf([...stopped, ...ended])).toEqual([])
  })

  it('[CHD1][ATT16] is not waited for before it has started', () => {
    expect(() => fold([started(graph), childStarted('ship')])).toThrow('a child is started by an attempt')
  })

  it('[RTY1][CHD5] begins anew with a child of its own', () => {
    const failed = [...waiting, ...eventsOf(waiting, endChild('ship', { status: 'failed', failure: busy }))]
    const again = eventsOf(failed, retryExecution())
    expect(again.at(-1)).toEqual({ ...asked, attempt: 2 })
    const log = [
      ...failed,
      ...again,
      ...eventsOf([...failed, ...again], succeed('ship', { ...startedChild, executionId: 'child-2' }, 2)),
    ]
    given(...log)
      .when(endChild('ship', { status: 'failed', failure: busy }))
      .then()
    expect(noticesOf([...log, ...eventsOf(log, cancel())])).toEqual([[String(failed.length + 2), 'cancel']])
  })
})

describe('a child', () => {
  const parent = { executionId: 'parent-1', step: step('ship'), depth: 1, isAwaited: true, isOfFailure: false }
  const own = graphOf([start, http('fetch')], ['start -> fetch'])
  const begun = logOf(startExecution(own, { parent }))
  const ended = [...begun, ...eventsOf(begun, failAttempt('fetch'))]

  it('[CHD7] tells its parent when it has ended, however', () => {
    expect(noticesOf(begun)).toEqual([])
    expect(noticesOf(ended)).toEqual([['', 'ended']])
    expect(noticesOf([...begun, ...eventsOf(begun, cancel())])).toEqual([['', 'ended']])
    expect(noticesOf([...begun, ...eventsOf(begun, succeed('fetch', 1))])).toEqual([['', 'ended']])
  })

  it('[CHD7] starts a failure trigger only when nobody waits for it, and none has started it', () => {
    const raises = (more: object) =>
      raisesFailure(
        fold(logOf(startExecution(own, { parent: { ...parent, ...more } }), failAttempt('fetch'))) as Started,
      )
    expect(raises({})).toBe(false)
    expect(raises({ isAwaited: false })).toBe(true)
    expect(raises({ isAwaited: false, isOfFailure: true })).toBe(false)
    expect(raisesFailure(fold(logOf(startExecution(own))) as Started)).toBe(false)
    const handling = graphOf([{ id: 'start', kind: 'failure' }, http('fetch')], ['start -> fetch'])
    expect(raisesFailure(fold(logOf(startExecution(handling), failAttempt('fetch'))) as Started)).toBe(false)
  })

  it('[CHD7] tells nobody that does not wait for it', () => {
    const free = logOf(startExecution(own, { parent: { ...parent, isAwaited: false } }), cancel())
    expect(noticesOf(free)).toEqual([])
  })

  it('[CHD8] keeps what it has to tell until it is heard, also after its end', () => {
    const after = given(...ended).when(deliver('ended', ended.length, undefined, t0 + 9))
    after.then(heard('ended', ended.length, undefined, t0 + 9))
    expect(after.state).toMatchObject({ status: 'failed', endedAt: t0, notices: { size: 0 } })
  })

  it('[CHD8] is heard once', () => {
    given(...ended, heard('ended', ended.length))
      .when(deliver('ended', ended.length))
      .then()
    given(...begun)
      .when(deliver('ended', ended.length))
      .then()
  })

  it('[CHD8] has not been heard when something newer is to be told', () => {
    const stopped = [...waiting, ...eventsOf(waiting, pause(), resume(), pause())]
    const [first, second] = [waiting.length + 1, waiting.length + 3]
    given(...stopped)
      .when(deliver('pause', first, at))
      .then()
    const after = given(...stopped).when(deliver('pause', second, at))
    after.then(heard('pause', second, at))
    expect(after.state).toMatchObject({ notices: { size: 0 } })
    expect(noticesOf([...stopped, heard('pause', first, at)])).toEqual([[String(at), 'pause']])
  })

  it('[CHD7] that is retried has ended no more, until it has again', () => {
    const again = [...ended, ...eventsOf(ended, retryExecution())]
    expect(noticesOf(again)).toEqual([])
    expect(noticesOf([...again, ...eventsOf(again, succeed('fetch', 1, 2))])).toEqual([['', 'ended']])
  })
})

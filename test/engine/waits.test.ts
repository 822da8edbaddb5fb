import { describe, expect, it } from 'vitest'

import { nextWakeAt } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import { waitingFor } from '../../runtime/engine/status.ts'
import { limits } from '../../schemas/limits.ts'
import { approve, callBack, disapprove, signal } from '../support/commands.ts'
import {
  attemptStarted,
  cancelled,
  done,
  executionFailed,
  made,
  skipped,
  startExecution,
  started,
  stepFailed,
  succeed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { fold, given, logOf } from '../support/given.ts'
import { approval, callback, each, graphOf, http, inside, make, signalled, start } from '../support/graphs.ts'
import {
  answerIgnored,
  approvalAwaited,
  callbackAwaited,
  callbackReceived,
  signalAwaited,
  signalReceived,
  took,
} from '../support/whole-events.ts'

describe('a wait', () => {
  it('[WTS1] begins with an event that says for what, until when, and what people read', () => {
    const form = { type: 'object', properties: { reason: { type: 'string' } } }
    const graph = graphOf(
      [
        start,
        approval('ask', { name: 'The order', timeoutMs: 1000, form, message: 'Of {{ trigger.body.total }}?' }),
        signalled('pay'),
        callback('call', {}, { name: 'The printer' }),
      ],
      ['start -> ask', 'start -> pay', 'start -> call'],
    )
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        approvalAwaited('ask', { name: 'The order', until: t0 + 1000, form: form as never, message: 'Of 40?' }),
        signalAwaited('pay'),
        callbackAwaited('call', { name: 'The printer' }),
      )
  })

  it('[WTS1][WAK8] is said by what the execution waits for', () => {
    const graph = graphOf(
      [start, signalled('pay'), approval('ask', { timeoutMs: 1000 })],
      ['start -> pay', 'start -> ask'],
    )
    const state = fold(logOf(startExecution(graph))) as Started
    expect(waitingFor(state)).toEqual([
      { for: 'approval', step: 'ask', name: 'ask', until: t0 + 1000 },
      { for: 'signal', step: 'pay', name: 'paid' },
    ])
    expect(nextWakeAt(state)).toBe(t0 + 1000)
  })

  it('[WTS13] fails when its message does', () => {
    const graph = graphOf([start, approval('ask', { message: '{{ trigger.body.missing }}' })], ['start -> ask'])
    expect(given().when(startExecution(graph)).state).toMatchObject({ status: 'failed', failedStep: 'ask' })
  })

  it('[WTS14] fails when its message is too long for anybody', () => {
    const asking = (chars: number) =>
      given().when(
        startExecution(graphOf([start, approval('ask', { message: '{{ trigger.body }}' })], ['start -> ask']), {
          trigger: { body: 'x'.repeat(chars) },
        }),
      ).state
    expect(asking(limits.waitMessageBytes - 2)).toMatchObject({ status: 'running' })
    expect(asking(limits.waitMessageBytes - 1)).toMatchObject({ status: 'failed', failedStep: 'ask' })
  })

  it('[WTS1] writes a message that is no text as JSON', () => {
    const graph = graphOf([start, approval('ask', { message: '{{ trigger.body.customer }}' })], ['start -> ask'])
    given()
      .when(startExecution(graph))
      .then(started(graph), approvalAwaited('ask', { message: '{"name":"Ada"}' }))
  })
})

describe('an approval', () => {
  const form = { type: 'object', properties: { reason: { type: 'string' } }, required: ['reason'] }
  const nodes = [start, approval('ask', { form, timeoutMs: 1000 }), make('yes'), make('no')]
  const graph = graphOf(nodes, ['start -> ask', 'ask.approved -> yes', 'ask.rejected -> no'])
  const waiting = logOf(startExecution(graph))
  const reason = { reason: 'fits' }

  it('[WTS8] leaves by `approved`, with the decision and its data', () => {
    const output = { decision: 'approved', data: reason }
    given(...waiting)
      .when(approve('ask', reason))
      .then(
        done('ask', output, { ports: ['approved'] }),
        made('yes'),
        skipped('no', ['ask.rejected']),
        succeeded('yes'),
      )
  })

  it('[WTS8] leaves by `rejected`, for which the form does not count', () => {
    const after = given(...waiting).when(disapprove('ask', null))
    expect(after.state).toMatchObject({ status: 'succeeded' })
    const log = logOf(startExecution(graph), disapprove('ask', null))
    expect(log[2]).toEqual(done('ask', { decision: 'rejected', data: null }, { ports: ['rejected'] }))
  })

  it('[WTS8] takes only data that fits its form', () => {
    const message = 'Invalid input: expected string, received undefined'
    given(...waiting)
      .when(approve('ask', {}))
      .thenRejected({ reason: 'form_mismatch', issues: [{ path: 'reason', message }] })
  })

  it('[WTS8][STP7] takes no more than an output may hold', () => {
    const text = { reason: 'x'.repeat(limits.stepOutputBytes) }
    const issues = [{ path: '', message: expect.stringContaining('are allowed') }]
    given(...waiting)
      .when(approve('ask', text))
      .thenRejected({ reason: 'form_mismatch', issues })
  })

  it('[WTS10] that is over is told in vain: that is recorded', () => {
    const over = logOf(startExecution(graph), wake(t0 + 999))
    const failed = [...over, done('ask', { decision: 'approved', data: reason }, { ports: ['approved'] })]
    given(...failed)
      .when(disapprove('ask'))
      .then(answerIgnored('ask', 'the step is succeeded'))
  })

  it('[WTS10] that has not begun, or is none, takes nothing', () => {
    const later = graphOf([start, http('fetch'), approval('ask')], ['start -> fetch', 'fetch -> ask'])
    for (const id of ['ask', 'ask@', 'ask@fetch[0]', 'fetch', 'nowhere', 'nowhere@orders[1]']) {
      given(started(later), attemptStarted('fetch')).when(approve(id)).thenRejected({ reason: 'not_waiting', step: id })
    }
  })
})

describe('a callback', () => {
  const graph = graphOf(
    [start, http('order'), callback('printed'), make('after')],
    ['start -> order', 'order -> printed', 'printed -> after'],
  )
  const early = logOf(startExecution(graph))

  it('[WTS9] ends the step that waits for it', () => {
    given(...logOf(startExecution(graph), succeed('order', null)))
      .when(callBack('printed', { pages: 2 }))
      .then(done('printed', { pages: 2 }), made('after'), succeeded('after'))
  })

  it('[WTS9] that comes before its step is kept for it', () => {
    given(...early)
      .when(callBack('printed', { pages: 2 }))
      .then(callbackReceived('printed', { pages: 2 }))
    const after = given(...early, callbackReceived('printed', { pages: 2 })).when(succeed('order', null))
    after.then(
      done('order', null, { attempt: 1 }),
      callbackAwaited('printed'),
      took('printed', 3),
      made('after'),
      succeeded('after'),
    )
    expect(after.state).toMatchObject({ callbacks: { size: 0 } })
  })

  it('[WTS9] that comes second before its step is recorded and not kept', () => {
    given(...early, callbackReceived('printed', 1))
      .when(callBack('printed', 2))
      .then(answerIgnored('printed', 'an earlier one is kept for the step'))
  })

  it('[WTS10] that comes after its step, or after its iteration, is recorded and changes nothing', () => {
    const items = graphOf(
      [start, http('wait_on'), each('orders'), callback('printed', {}, inside('orders'))],
      ['start -> wait_on', 'start -> orders', 'orders.body -> printed'],
    )
    const begun = [startExecution(items, { trigger: { body: { items: ['a', 'b'] } } })]
    const log = logOf(...begun, callBack('printed@orders[0]', 1))
    given(...log)
      .when(callBack('printed@orders[0]', 2))
      .then(answerIgnored('printed@orders[0]', 'the step is not under way'))
    given(...logOf(startExecution(graph), succeed('order', null)), done('printed', 1))
      .when(callBack('printed', 2))
      .then(answerIgnored('printed', 'the step is succeeded'))
  })

  it('[WTS10] to a step that waits for something else is refused', () => {
    given(...early)
      .when(callBack('order', 1))
      .thenRejected({ reason: 'not_waiting', step: 'order' })
    const asking = logOf(startExecution(graphOf([start, approval('ask')], ['start -> ask'])))
    given(...asking)
      .when(callBack('ask', 1))
      .thenRejected({ reason: 'not_waiting', step: 'ask' })
  })

  it('[WTS9][STP7] is no larger than an output', () => {
    given(...early)
      .when(callBack('printed', 'x'.repeat(limits.stepOutputBytes)))
      .thenRejected({
        reason: 'form_mismatch',
        issues: [{ path: '', message: expect.stringContaining('are allowed') }],
      })
  })

  it('[WTS9][CON3] that was kept for a step that never began is forgotten with its iteration', () => {
    const items = graphOf(
      [
        start,
        each('orders'),
        http('order', inside('orders')),
        callback('printed', {}, { join: 2, ...inside('orders') }),
      ],
      ['start -> orders', 'orders.body -> order', 'order -> printed'],
    )
    const log = logOf(startExecution(items, { trigger: { body: { items: ['a'] } } }), callBack('printed@orders[0]', 1))
    expect(fold(log)).toMatchObject({ callbacks: { size: 1 } })
    expect(given(...log).when(succeed('order@orders[0]', 1)).state).toMatchObject({ callbacks: { size: 0 } })
  })
})

describe('the time limit of a wait', () => {
  const wait = approval('ask', { timeoutMs: 1000 })
  const asked = approvalAwaited('ask', { until: t0 + 1000 })
  const vain = { code: 'wait_timeout', message: 'nothing came within the time limit of the wait' }

  it('[WTS11] lets it leave by `timeout` when an edge leads from there', () => {
    const graph = graphOf([start, wait, make('remind')], ['start -> ask', 'ask.timeout -> remind'])
    given(started(graph), asked)
      .when(wake(t0 + 1000))
      .then(
        done('ask', null, { at: t0 + 1000, ports: ['timeout'] }),
        made('remind', { at: t0 + 1000 }),
        succeeded('remind', t0 + 1000),
      )
  })

  it('[WTS11] makes it fail when none does', () => {
    const graph = graphOf([start, wait], ['start -> ask'])
    given(started(graph), asked)
      .when(wake(t0 + 1000))
      .then(stepFailed('ask', vain, { at: t0 + 1000 }), executionFailed(vain, 'ask', t0 + 1000))
  })

  it('[WTS12] loses against an answer that the log has before it, whatever the clock says', () => {
    const graph = graphOf(
      [start, wait, make('yes'), http('other')],
      ['start -> ask', 'start -> other', 'ask.approved -> yes'],
    )
    const log = logOf(startExecution(graph), approve('ask', null, t0 + 1000))
    expect(log.at(-1)).toEqual(made('yes', { at: t0 + 1000 }))
    given(...log)
      .when(wake(t0 + 1000, ['other']))
      .then()
  })

  it('[WTS12] wins when the log has it first: the answer of the same moment is late', () => {
    const graph = graphOf([start, wait, http('remind')], ['start -> ask', 'ask.timeout -> remind'])
    given(...logOf(startExecution(graph), wake(t0 + 1000)))
      .when(approve('ask', null, t0 + 1000))
      .then(answerIgnored('ask', 'the step is succeeded', t0 + 1000))
  })

  it('[WTS12] wins over a signal of the same moment, which is kept', () => {
    const graph = graphOf(
      [start, signalled('pay', { timeoutMs: 1000 }), http('remind')],
      ['start -> pay', 'pay.timeout -> remind'],
    )
    const after = given(...logOf(startExecution(graph), wake(t0 + 1000))).when(signal(1, { now: t0 + 1000 }))
    after.then(signalReceived(1, { at: t0 + 1000 }))
    expect(after.state).toMatchObject({ signals: { size: 1 } })
  })

  it('[WTS12][EXE3] has nothing to lose against after the end', () => {
    const graph = graphOf([start, wait], ['start -> ask'])
    given(started(graph), asked, cancelled())
      .when(approve('ask'))
      .thenRejected({ reason: 'not_running', status: 'cancelled' })
  })
})

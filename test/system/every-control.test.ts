import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { RecordedEvent } from '../../schemas/execution-events.ts'
import { delay, each, inside, make, signalled } from '../support/graphs.ts'
import type { SinkCall } from '../support/sink.ts'
import { call, drawn, orderThatShips } from './every-kind-workflows.ts'
import { Stage } from './stage.ts'

const keyOf = ({ headers }: SinkCall): unknown => headers['idempotency-key']

/** Issue 3: what a person can do to an execution on the real server, and what it can only ask a person. */
describe('every control', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.start()
  })
  afterAll(() => stage.end())

  /** The events of one type. */
  async function recorded<Type extends RecordedEvent['type']>(id: string, type: Type) {
    const events = await stage.client.events(id)
    return events.filter((event): event is Extract<RecordedEvent, { type: Type }> => event.type === type)
  }

  it('[CTL1] a pause lets what is in flight end, begins nothing, and no time passes in it', async () => {
    const first = stage.endpoint('first', () => ({ delayMs: 600 }))
    const second = stage.endpoint('second')
    const id = await stage.execute(
      drawn(
        'Pause',
        [call('first', first, null), call('second', second, null), delay('long', 2_000), make('both')],
        ['start -> first', 'first -> second', 'start -> long', 'long -> both', 'second -> both'],
      ),
    )
    await expect.poll(() => stage.calls('first').length).toBe(1)
    expect(await stage.ask(id, 'pause')).toMatchObject({ status: 200 })
    const paused = async () => (await stage.client.execution(id)).paused
    expect(await paused()).toMatchObject({ reason: 'requested', timers: 'frozen', quiescent: false })
    await expect.poll(paused).toMatchObject({ quiescent: true })
    // Longer than the delay would have lasted.
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(await stage.reached(id, 'paused')).toMatchObject({ waiting: [{ for: 'delay', step: 'long' }] })
    expect(stage.calls('second')).toHaveLength(0)

    expect(await stage.ask(id, 'resume')).toMatchObject({ status: 200 })
    const { endedAt = 0 } = await stage.reached(id, 'succeeded')
    const [[delayed], [start], [end]] = await Promise.all([
      recorded(id, 'DelayStarted'),
      recorded(id, 'ExecutionPaused'),
      recorded(id, 'ExecutionResumed'),
    ])
    expect(endedAt).toBeGreaterThanOrEqual((delayed?.until ?? 0) + (end?.at ?? 0) - (start?.at ?? 0))
    expect(stage.calls('second')).toHaveLength(1)
    expect(await stage.ask(id, 'resume')).toMatchObject({ status: 409, code: 'not_running' })
  })

  it('[CTL2] a pause and a cancel reach the child that is waited for', async () => {
    const { workflowId } = await stage.publish(drawn('Patient', [signalled('packed')], ['start -> packed']))
    const id = await stage.execute(orderThatShips(workflowId))
    const { children = [] } = await stage.reached(id, 'waiting')
    const childId = children[0]?.executionId ?? ''
    await stage.reached(childId, 'waiting')
    await stage.ask(id, 'pause')
    await stage.reached(childId, 'paused')
    await expect.poll(async () => (await stage.client.execution(id)).paused?.quiescent).toBe(true)
    await stage.ask(id, 'resume')
    await stage.reached(childId, 'waiting')
    expect(await stage.ask(id, 'cancel', { reason: 'Not today' })).toMatchObject({ status: 200 })
    expect((await stage.reached(id, 'cancelled')).error).toEqual({ code: 'cancelled', message: 'Not today' })
    await stage.reached(childId, 'cancelled')
  })

  it('[CTL3] a retry goes on at the failed item, with its key, and leaves the others alone', async () => {
    const url = stage.endpoint('charge', (_call, n) => (n === 1 ? { status: 503 } : { body: `{"n":${n}}` }))
    const id = await stage.execute(
      drawn(
        'Charges',
        [
          each('orders', { concurrency: 1, collect: 'steps.charge.output.body.n' }),
          call('charge', url, '{{ item }}', inside('orders')),
        ],
        ['start -> orders', 'orders.body -> charge'],
      ),
      { items: ['a', 'b', 'c'] },
    )
    expect((await stage.reached(id, 'failed')).error).toMatchObject({ code: 'http_503', step: 'charge@orders[1]' })
    expect(await stage.ask(id, 'retry')).toMatchObject({ status: 200 })
    expect((await stage.reached(id, 'succeeded')).output).toEqual([0, 2, 3])
    const calls = stage.calls('charge')
    expect(calls.map(({ body }) => JSON.parse(body))).toEqual(['a', 'b', 'b', 'c'])
    expect(calls.map(keyOf)).toEqual([0, 1, 1, 2].map((index) => `${id}.charge@orders[${index}]`))
    expect(await stage.ask(id, 'retry')).toMatchObject({ status: 409, code: 'not_failed' })
  })

  /** Two steps that can be undone, and then what `last` says. */
  const trip = (name: string, last: ReturnType<typeof signalled>) =>
    drawn(
      'Trip',
      [
        call('flight', stage.endpoint(`${name}-flight`), { from: 'Oslo' }),
        call('hotel', stage.endpoint(`${name}-hotel`), { nights: 2 }),
        call('no_flight', stage.endpoint(`${name}-no-flight`), { key: '{{ steps.flight.output.body.ok }}' }),
        call(
          'no_hotel',
          stage.endpoint(`${name}-no-hotel`, () => ({ status: 500 })),
          null,
        ),
        last,
      ],
      ['start -> flight', 'flight -> hotel', `hotel -> ${last.id}`].concat(
        ['flight', 'hotel'].map((id) => `${id}.compensate -> no_${id}`),
      ),
    )

  it('[CTL4] a failure is undone newest first, whatever comes of each', async () => {
    const id = await stage.execute(trip('failed', { id: 'stop', kind: 'fail', config: { message: 'Ill' } }))
    const view = await stage.reached(id, 'failed')
    expect(view.error).toMatchObject({ message: 'Ill', step: 'stop' })
    expect(view.compensation?.steps).toEqual([
      { step: 'no_hotel', undoes: 'hotel', status: 'failed' },
      { step: 'no_flight', undoes: 'flight', status: 'succeeded' },
    ])
    expect(stage.calls('failed-no-flight').map(({ body }) => JSON.parse(body))).toEqual([{ key: true }])
    expect(stage.calls('failed-no-hotel')).toHaveLength(1)
    expect(await stage.ask(id, 'retry')).toMatchObject({ status: 409, code: 'compensated' })
  })

  it('[CTL5] a cancel says what it would undo, and undoes it when it is asked to', async () => {
    const id = await stage.execute(trip('cancelled', signalled('packed')))
    const { position } = await stage.reached(id, 'waiting')
    const plan = await stage.ask(id, 'cancel', { compensate: true, dryRun: true })
    expect(plan).toMatchObject({
      status: 200,
      wouldUndo: [
        { step: 'no_hotel', undoes: 'hotel', request: { kind: 'http' } },
        { step: 'no_flight', undoes: 'flight', request: { config: { body: { key: true } } } },
      ],
    })
    expect(await stage.reached(id, 'waiting')).toMatchObject({ position })
    expect(await stage.ask(id, 'cancel', { compensate: true })).toMatchObject({ status: 200 })
    const { compensation } = await stage.reached(id, 'cancelled')
    expect(compensation?.steps.map(({ status }) => status)).toEqual(['failed', 'succeeded'])
    expect(stage.calls('cancelled-no-flight')).toHaveLength(1)
  })

  it('[CTL6] a crash in a step that acts at most once is for a person to explain', async () => {
    const url = stage.endpoint('transfer', () => ({ delayMs: 60_000 }))
    const id = await stage.execute(
      drawn(
        'Transfer',
        [call('transfer', url, { amount: 9 }, { once: true }), make('receipt', '{{ steps.transfer.output.body.id }}')],
        ['start -> transfer', 'transfer -> receipt'],
      ),
    )
    await expect.poll(() => stage.calls('transfer').length).toBe(1)
    await stage.server.kill9()
    await stage.server.restart()
    const view = await stage.reached(id, 'paused')
    expect(view).toMatchObject({ paused: { reason: 'unknown', timers: 'frozen' }, unknown: ['transfer'] })
    expect(view.waiting).toMatchObject([{ for: 'person', step: 'transfer' }])
    expect(await stage.ask(id, 'resume')).toMatchObject({ status: 409, code: 'unknown_steps', steps: ['transfer'] })
    const said = { step: 'transfer', outcome: 'succeeded', output: { body: { id: 'r-1' } } }
    expect(await stage.ask(id, 'answer', said)).toMatchObject({ status: 200 })
    expect((await stage.reached(id, 'succeeded')).output).toEqual({ value: 'r-1' })
    expect(stage.calls('transfer')).toHaveLength(1)
    expect(await stage.ask(id, 'answer', said)).toMatchObject({ status: 410, code: 'answered_late' })
  })
})

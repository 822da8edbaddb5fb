import { startedByEvent, startedByFailure } from '../../runtime/engine/started-by.ts'
import { childRunner } from '../../runtime/objects/child-runner.ts'
import type { ChildStart } from '../../runtime/objects/relatives.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import { succeed, t0 } from '../support/events.ts'
import { readFrom } from '../support/given.ts'
import { graphOf, http, make, type NodeText, nodeId, step } from '../support/graphs.ts'
import { around, eventsOf, outputOfIt, type Recorded, recorded } from './kind-runs.ts'
import type { Witness } from './witness.ts'

type Config = Record<string, unknown>

/** Two configs of a node that the engine runs, and what of the run shows the difference. */
const shows =
  (
    run: (config: Config) => Recorded,
    of: (run: Recorded) => unknown,
    [first, second]: readonly [Config, Config],
    ...expected: readonly [unknown, unknown]
  ): Witness =>
  async () => ({ happens: [of(run(first)), of(run(second))], expected })

const doubled = make('inner', '{{ item * 2 }}')
const three = { items: '[1, 2, 3]' }
const fields = (...values: readonly unknown[]) => values.map((value) => ({ value }))

const each = (inside: NodeText) => (config: Config) => around('each', { ...three, ...config }, inside)
const repeat = (config: Config) =>
  around('repeat', { while: 'index < 2', maxIterations: 5, ...config }, make('inner', '{{ index }}'))
const iterations = (run: Recorded) => eventsOf(run, 'IterationStarted').length

const waiting =
  (...commands: readonly ExecutionCommand[]) =>
  (config: Config) =>
    recorded([{ id: 'it', kind: 'wait', config }], ['start -> it'], ...commands)
const signal = (name: string, data: unknown): ExecutionCommand => ({ type: 'SendSignal', now: t0, name, data })
const approve: ExecutionCommand = {
  type: 'DecideApproval',
  now: t0,
  step: step('it'),
  decision: 'approved',
  data: { comment: 5 },
}
const begun = (run: Recorded) => {
  const [{ for: what, until, message } = {}] = eventsOf(run, 'WaitStarted')
  return { for: what, until, message }
}

/** Runs the attempt that starts a child with the real runner, up to the port by which it reaches the other workflow. */
const child =
  (first: Config, second: Config, ...expected: readonly [unknown, unknown]): Witness =>
  async () => ({ happens: [await startOf(first), await startOf(second)], expected })

async function startOf(config: Config): Promise<Pick<ChildStart, 'workflowId' | 'version' | 'work'>> {
  const run = recorded([{ id: 'it', kind: 'workflow', config: { workflowId: 'billing', ...config } }], ['start -> it'])
  const [attempt] = eventsOf(run, 'AttemptStarted')
  const asked: ChildStart[] = []
  const relatives = {
    startChild: async (_: string, start: ChildStart) => {
      asked.push(start)
      return { ok: true, workflowId: start.workflowId, executionId: 'child-1', version: 1 } as const
    },
    tellParent: async () => 'heard' as const,
    tellChild: async () => 'heard' as const,
    askBatch: async () => null,
  }
  if (attempt === undefined || run.state.status === 'not_started') throw new Error('the workflow step began')
  const sleep = () => new Promise<void>(() => {})
  const runner = childRunner(attempt, run.state, readFrom(run.log), { relatives, sleep })
  const { request, idempotencyKey } = attempt
  const [, node] = run.state.graph.nodes
  if (runner === null || request === undefined || node === undefined) throw new Error('the attempt starts a child')
  await runner({ node, request, idempotencyKey, timeoutMs: 1000 }, new AbortController().signal)
  const [start] = asked
  if (start === undefined) throw new Error('the child was asked for')
  const { workflowId, version, work } = start
  return { workflowId, ...(version === undefined ? {} : { version }), work }
}

const work = (input: unknown) => ({ type: 'input', input })

const toldBy = (kind: string, config: Config) => graphOf([{ id: 'told', kind, config }, make('next')], ['told -> next'])
const paid = { name: 'order.paid', data: { total: 40 }, id: 'event-1', at: t0 }
const byEvent = (config: Config) =>
  startedByEvent(toldBy('event', { name: 'order.paid', ...config }), paid).map(({ verdict }) => verdict)
const failed = {
  workflow: { id: 'billing', name: 'Billing', version: 1 },
  execution: { id: 'execution-1', startedAt: t0, endedAt: t0, triggerNode: nodeId('start') },
  error: { code: 'http_503', message: 'busy', step: 'charge' },
}
const byFailure = (config: Config) => startedByFailure(toldBy('failure', config), 'alarms', failed)

/** Of the kinds that hold others, that wait for the world, and that have to do with other workflows. */
export const worldWitnesses: Readonly<Record<string, Witness>> = {
  'event.name': async () => ({ happens: [byEvent({}), byEvent({ name: 'order.sent' })], expected: [['starts'], []] }),
  'event.filter': async () => ({
    happens: [byEvent({ filter: 'trigger.data.total > 30' }), byEvent({ filter: 'trigger.data.total > 50' })],
    expected: [['starts'], ['filtered']],
  }),
  'failure.workflows': async () => ({
    happens: [byFailure({}), byFailure({ workflows: ['shipping'] })],
    expected: [['told'], []],
  }),

  'each.items': shows(each(doubled), outputOfIt, [{}, { items: '[4]' }], fields(2, 4, 6), fields(8)),
  'each.concurrency': shows(
    each(http('inner')),
    (run) => eventsOf(run, 'AttemptStarted').length,
    [{}, { concurrency: 2 }],
    3,
    2,
  ),
  'each.onItemError': shows(
    each(make('inner', '{{ 6 / (item - 2) }}')),
    ({ state }) => state.status,
    [{}, { onItemError: 'continue' }],
    'failed',
    'succeeded',
  ),
  'each.collect': shows(
    each(doubled),
    outputOfIt,
    [{}, { collect: '[index, steps.inner.output.value]' }],
    fields(2, 4, 6),
    [
      [0, 2],
      [1, 4],
      [2, 6],
    ],
  ),

  'repeat.while': shows(repeat, iterations, [{}, { while: 'index < 3' }], 2, 3),
  'repeat.maxIterations': shows(repeat, iterations, [{}, { maxIterations: 1 }], 2, 1),

  'wait.for': shows(
    waiting(),
    begun,
    [{ for: 'approval' }, { for: 'callback' }],
    { for: 'approval' },
    { for: 'callback' },
  ),
  'wait.name': shows(
    waiting(signal('paid', 40)),
    outputOfIt,
    [
      { for: 'signal', name: 'paid' },
      { for: 'signal', name: 'sent' },
    ],
    40,
    undefined,
  ),
  'wait.match': shows(
    waiting(signal('paid', 1), signal('paid', 40)),
    outputOfIt,
    [
      { for: 'signal', name: 'paid' },
      { for: 'signal', name: 'paid', match: 'signal == trigger.body.total' },
    ],
    1,
    40,
  ),
  'wait.timeoutMs': shows(
    waiting(),
    begun,
    [{ for: 'callback' }, { for: 'callback', timeoutMs: 500 }],
    { for: 'callback' },
    { for: 'callback', until: t0 + 500 },
  ),
  'wait.form': shows(
    waiting(approve),
    ({ rejection }) => rejection?.reason ?? null,
    [{ for: 'approval' }, { for: 'approval', form: { type: 'object', properties: { comment: { type: 'string' } } } }],
    null,
    'form_mismatch',
  ),
  'wait.message': shows(
    waiting(),
    begun,
    [{ for: 'approval' }, { for: 'approval', message: 'Pay {{ trigger.body.total }}?' }],
    { for: 'approval' },
    { for: 'approval', message: 'Pay 40?' },
  ),

  'workflow.workflowId': child(
    {},
    { workflowId: 'shipping' },
    { workflowId: 'billing', work: work({}) },
    { workflowId: 'shipping', work: work({}) },
  ),
  'workflow.version': child(
    {},
    { version: 2 },
    { workflowId: 'billing', work: work({}) },
    { workflowId: 'billing', version: 2, work: work({}) },
  ),
  'workflow.input': child(
    {},
    { input: { total: '{{ trigger.body.total }}' } },
    { workflowId: 'billing', work: work({}) },
    { workflowId: 'billing', work: work({ total: 40 }) },
  ),
  'workflow.wait': shows(
    (config) =>
      recorded(
        [{ id: 'it', kind: 'workflow', config: { workflowId: 'billing', ...config } }],
        ['start -> it'],
        succeed('it', { workflowId: 'billing', executionId: 'child-1', version: 1 }),
      ),
    ({ state }) => state.status,
    [{}, { wait: false }],
    'running',
    'succeeded',
  ),
}

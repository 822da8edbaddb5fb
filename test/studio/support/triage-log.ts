import type { ExecutionEvent, RecordedEvent } from '../../../schemas/execution-events.ts'
import { Graph, type NodeId, type StepKey } from '../../../schemas/graph.ts'
import { type ExecutionLog, extendLog, newLog } from '../../../studio/model/execution-log.ts'

export const t0 = 1_700_000_000_000
export const id = (name: string): NodeId => name as NodeId
export const step = (name: string): StepKey => name as StepKey

/** A webhook, a condition with two ways, an http step that answers at its second attempt, and a reply. */
export const triage: Graph = Graph.parse({
  name: 'Triage',
  nodes: [
    { id: 'hook', kind: 'webhook', config: {} },
    {
      id: 'route',
      kind: 'condition',
      name: 'Which way?',
      config: { rules: [{ port: 'bug', when: 'trigger.body.crash' }] },
    },
    { id: 'notify', kind: 'http', config: { url: 'https://chat.example/post' } },
    { id: 'thank', kind: 'log', config: { message: 'thanks' } },
    { id: 'reply', kind: 'respond', config: { body: 'filed' } },
  ],
  edges: [
    { from: 'hook', to: 'route' },
    { from: 'route', port: 'bug', to: 'notify' },
    { from: 'route', port: 'else', to: 'thank' },
    { from: 'notify', to: 'reply' },
    { from: 'thank', to: 'reply' },
  ],
})

const answered: readonly ExecutionEvent[] = [
  {
    type: 'ExecutionStarted',
    at: t0,
    rules: 1,
    executionId: 'e1',
    workflowId: 'w1',
    version: 3,
    contentHash: 'c',
    graph: triage,
    triggerNode: id('hook'),
    trigger: { body: { crash: true } },
  },
  {
    type: 'StepSucceeded',
    at: t0,
    step: step('route'),
    ports: ['bug'],
    output: null,
    decision: [{ port: 'bug', when: 'trigger.body.crash', operands: { 'trigger.body.crash': true }, result: true }],
  },
  { type: 'StepSkipped', at: t0, step: step('thank'), deadEdges: [{ from: id('route'), port: 'else' }] },
  {
    type: 'AttemptStarted',
    at: t0 + 20,
    step: step('notify'),
    attempt: 1,
    timeoutAt: t0 + 30_020,
    idempotencyKey: 'k1',
    request: { kind: 'http', config: { url: 'https://chat.example/post' }, injections: [] },
  },
  {
    type: 'AttemptFailed',
    at: t0 + 120,
    step: step('notify'),
    attempt: 1,
    failure: { code: 'http_503', message: 'The server answered 503' },
    retryAt: t0 + 1_120,
  },
  {
    type: 'AttemptStarted',
    at: t0 + 1_120,
    step: step('notify'),
    attempt: 2,
    timeoutAt: t0 + 31_120,
    idempotencyKey: 'k1',
  },
  { type: 'StepSucceeded', at: t0 + 1_200, step: step('notify'), ports: ['out'], output: { status: 200 }, attempt: 2 },
  {
    type: 'StepSucceeded',
    at: t0 + 1_200,
    step: step('reply'),
    ports: ['out'],
    output: 'filed',
    response: { status: 200, headers: {} },
  },
  { type: 'ExecutionSucceeded', at: t0 + 1_200, output: { shape: 'step', step: step('reply') } },
]

export const recorded = (events: readonly ExecutionEvent[]): readonly RecordedEvent[] =>
  events.map((event, index) => ({ ...event, position: index + 1 }))

/** A whole execution of `triage`: nine events. */
export const triageLog: readonly RecordedEvent[] = recorded(answered)

/** A log as the studio keeps it. */
export function logOf(events: readonly RecordedEvent[]): ExecutionLog {
  const extension = extendLog(newLog(), events)
  if (!extension.ok) throw new Error('a log of a test has no gap')
  return extension.log
}

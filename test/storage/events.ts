import type { EventOf } from '../../schemas/execution-events.ts'
import { Graph, NodeId, StepKey } from '../../schemas/graph.ts'

export const t0 = 1_767_225_600_000 // 2026-01-01T00:00:00Z
const start = NodeId.parse('start')

export const started: EventOf<'ExecutionStarted'> = {
  type: 'ExecutionStarted',
  at: t0,
  rules: 1,
  executionId: 'execution',
  workflowId: 'workflow',
  version: 1,
  contentHash: 'hash',
  graph: Graph.parse({ name: 'One log line', nodes: [{ id: start, kind: 'manual' }], edges: [] }),
  triggerNode: start,
  trigger: { body: { text: 'grüße ✓ \u2028' } },
}

export const logged = (output: string): EventOf<'StepSucceeded'> => ({
  type: 'StepSucceeded',
  at: t0,
  step: StepKey.parse('start'),
  ports: ['out'],
  output,
})

import type { Graph, Node, NodeId } from '../../schemas/graph.ts'
import { event } from '../../schemas/kinds/event.ts'
import { failure } from '../../schemas/kinds/failure.ts'
import type { EventTrigger, FailureTrigger } from '../../schemas/project-messages.ts'
import { assert } from './assert.ts'
import { programOf } from './program.ts'
import { topologyOf } from './topology.ts'

/** What an event means to one trigger of its name. */
export type EventVerdict = { readonly nodeId: NodeId } & (
  | { readonly verdict: 'starts' }
  /** The filter is not true, or cannot be evaluated with what the event brings. */
  | { readonly verdict: 'filtered'; readonly reason: string }
)

/** What an event means to each trigger of a graph that has its name. */
export function startedByEvent(graph: Graph, trigger: EventTrigger): readonly EventVerdict[] {
  return triggersOf(graph, 'event')
    .filter(({ config }) => event.config.parse(config).name === trigger.name)
    .map((node) => verdictOf(node, graph, trigger))
}

/** The triggers of a workflow that the failure starts. Its own failures start nothing: they would do so for ever. */
export function startedByFailure(graph: Graph, workflowId: string, { workflow }: FailureTrigger): readonly NodeId[] {
  if (workflow.id === workflowId) return []
  return triggersOf(graph, 'failure')
    .filter(({ config }) => failure.config.parse(config).workflows?.includes(workflow.id) ?? true)
    .map(({ id }) => id)
}

const triggersOf = (graph: Graph, kind: string): readonly Node[] =>
  topologyOf(graph).triggers.filter((node) => node.kind === kind)

function verdictOf(node: Node, graph: Graph, trigger: EventTrigger): EventVerdict {
  const { program } = programOf(graph).node(node)
  assert(program.role === 'trigger', 'an event starts at a trigger')
  const evaluation = program.filter?.evaluate({ trigger })
  if (evaluation === undefined || (evaluation.ok && evaluation.value === true)) {
    return { nodeId: node.id, verdict: 'starts' }
  }
  const reason = evaluation.ok ? `the filter was false: ${program.filter?.source}` : evaluation.failure.message
  return { nodeId: node.id, verdict: 'filtered', reason }
}

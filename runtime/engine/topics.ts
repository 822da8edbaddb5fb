import type { Graph } from '../../schemas/graph.ts'
import { event } from '../../schemas/kinds/event.ts'
import { failure } from '../../schemas/kinds/failure.ts'
import { topologyOf } from './topology.ts'

/** Events of a name. */
export const eventTopic = (name: string): string => `event ${name}`
/** Failures of one workflow. */
export const failureTopic = (workflowId: string): string => `failure ${workflowId}`
/** Failures of all others. */
export const everyFailure = 'failure'

/** What a workflow wants to hear of from the project, in one order and each once. */
export function topicsOf(graph: Graph): string[] {
  const topics = topologyOf(graph).triggers.flatMap(({ kind, config }) => {
    if (kind === 'event') return [eventTopic(event.config.parse(config).name)]
    if (kind !== 'failure') return []
    return failure.config.parse(config).workflows?.map(failureTopic) ?? [everyFailure]
  })
  return [...new Set(topics)].sort()
}

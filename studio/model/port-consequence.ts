import { nodeOf } from '../../runtime/engine/index.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'
import { labelOf } from './graph-canvas.ts'

/** What follows when a step leaves by a port: `It leaves by approved: Ship follows.` */
export function portConsequence(graph: Graph, step: StepKey, port: string): string {
  const targets = graph.edges.filter((edge) => edge.from === nodeOf(step) && edge.port === port).map(({ to }) => to)
  const names = graph.nodes.filter(({ id }) => targets.includes(id)).map(labelOf)
  return names.length === 0
    ? `It leaves by ${port}, where nothing follows.`
    : `It leaves by ${port}: ${names.join(', ')} ${names.length === 1 ? 'follows' : 'follow'}.`
}

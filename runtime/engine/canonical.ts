import type { Graph } from '../../schemas/graph.ts'
import { isObject } from './path.ts'

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .filter((key) => value[key] !== undefined)
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`
}

/** What a version is known by: the whole content of the graph. Its SHA-256 is the content hash. */
export const canonicalGraph = (graph: Graph): string => canonicalJson(graph)

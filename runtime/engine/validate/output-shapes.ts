import type { Node } from '../../../schemas/graph.ts'
import { isObject } from '../path.ts'

/** The fields that a value always has; `list` for a list of whatever; null when only data decides. */
export type Shape = { readonly [key: string]: Shape } | 'list' | null

export const executionShape: Shape = { id: null, startedAt: null }
export const workflowShape: Shape = { id: null, version: null, name: null }
export const errorShape: Shape = { code: null, message: null, details: null }

const triggerShapes: Readonly<Record<string, Shape>> = {
  manual: { body: null },
  webhook: { method: null, path: null, headers: null, query: null, body: null },
  event: { name: null, data: null, id: null, at: null },
  failure: {
    workflow: workflowShape,
    execution: { id: null, startedAt: null, endedAt: null, triggerNode: null },
    error: { code: null, message: null, step: null },
  },
}

/** What a trigger brings; undefined for a node that is none. */
export const triggerShape = ({ kind }: Pick<Node, 'kind'>): Shape | undefined => triggerShapes[kind]

export function outputShape({ kind, config }: Node): Shape {
  switch (kind) {
    case 'http':
      return { status: null, headers: null, body: null }
    case 'condition':
      return { ports: null }
    case 'delay':
      return { until: null }
    case 'log':
      return { level: null, message: null, ...(config['data'] === undefined ? {} : { data: null }) }
    case 'transform':
      return isObject(config['fields'])
        ? Object.fromEntries(Object.keys(config['fields']).map((key) => [key, null]))
        : null
    case 'wait':
      return config['for'] === 'approval' ? { decision: null, data: null } : null
    case 'each':
      return 'list'
    case 'repeat':
      return { iterations: null, isExhausted: null, last: null }
    case 'workflow':
      return config['wait'] === false ? { workflowId: null, executionId: null, version: null } : null
    default:
      return triggerShapes[kind] ?? null
  }
}

/** Where a path leaves a shape: the key that is not there, how deep it stands, and which keys are. */
export type Stray = { readonly key: string; readonly depth: number; readonly known: readonly string[] | 'list' }

/** Null when the path stays in the shape. */
export function strayFrom(shape: Shape, path: readonly string[]): Stray | null {
  let at = shape
  for (const [depth, key] of path.entries()) {
    if (at === null) return null
    if (at === 'list') return /^\d+$/.test(key) ? null : { key, depth, known: 'list' }
    const next = Object.hasOwn(at, key) ? at[key] : undefined
    if (next === undefined) return { key, depth, known: Object.keys(at) }
    at = next
  }
  return null
}

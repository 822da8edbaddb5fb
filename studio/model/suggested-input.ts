import type { Sample } from '../../schemas/api/workflows.ts'
import type { Graph } from '../../schemas/graph.ts'

/**
 * An input to begin with: that of the sample the workflow was made from, else one built from the JSON Schema of its
 * manual start, else an empty object.
 */
export function suggestedInput(graph: Graph, samples: readonly Pick<Sample, 'graph' | 'input'>[]): unknown {
  const given = sampleInput(graph.name, samples)
  if (given !== undefined) return given
  const schema = graph.nodes.find((node) => node.kind === 'manual')?.config['input']
  return schema === undefined ? {} : exampleOf(schema, 0)
}

/** The input of the sample of this name; undefined for a workflow that comes from none. */
export const sampleInput = (name: string, samples: readonly Pick<Sample, 'graph' | 'input'>[]): unknown =>
  samples.find((candidate) => candidate.graph.name === name)?.input

const deepest = 6

/** A value that satisfies a JSON Schema in the ordinary cases: examples and defaults first, then the plainest of its type. */
function exampleOf(schema: unknown, depth: number): unknown {
  if (!isRecord(schema) || depth > deepest) return null
  const given = [schema['const'], schema['default'], firstOf(schema['examples']), firstOf(schema['enum'])]
  const stated = given.find((value) => value !== undefined)
  if (stated !== undefined) return stated
  switch (typeOf(schema)) {
    case 'object':
      return objectExample(schema, depth)
    case 'array':
      return schema['items'] === undefined ? [] : [exampleOf(schema['items'], depth + 1)]
    case 'string':
      return ''
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0
    case 'boolean':
      return false
    default:
      return null
  }
}

function objectExample(schema: Record<string, unknown>, depth: number): Record<string, unknown> {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {}
  return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, exampleOf(inner, depth + 1)]))
}

function typeOf(schema: Record<string, unknown>): unknown {
  const type = schema['type']
  if (Array.isArray(type)) return type.find((candidate) => candidate !== 'null')
  return type ?? (isRecord(schema['properties']) ? 'object' : undefined)
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined)
const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

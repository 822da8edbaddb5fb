import { createHash } from 'node:crypto'

import type { DraftContent } from '../../schemas/api/workflows.ts'
import type { Graph } from '../../schemas/graph.ts'
import { kindNamed } from '../../schemas/kinds/index.ts'

/** What a draft and a published graph have in common. */
export const contentOf = ({ name, nodes, edges, settings }: DraftContent | Graph): DraftContent => ({
  name,
  nodes,
  edges,
  settings,
})

/** The kinds of trigger a workflow starts by, each once, in the order of its nodes. */
export const triggersOf = (content: DraftContent): readonly string[] => [
  ...new Set(content.nodes.map((node) => node.kind).filter((kind) => kindNamed(kind)?.role === 'trigger')),
]

/** SHA-256 over the content with its fields in one order, as hex. Only equality matters. */
export const contentDigest = (content: DraftContent): string =>
  createHash('sha256')
    .update(JSON.stringify(contentOf(content), sortedFields))
    .digest('hex')

const sortedFields = (_field: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
    : value

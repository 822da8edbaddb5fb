import type { WorkflowItem } from '../../schemas/api/workflows.ts'

/** The workflow that a sample was published as; of several, the one published last. Null while there is none. */
export function newestCopy<Item extends Pick<WorkflowItem, 'name' | 'published'>>(
  sample: { readonly graph: { readonly name: string } },
  workflows: readonly Item[],
): Item | null {
  const copies = workflows.filter(({ name, published }) => name === sample.graph.name && published !== undefined)
  const publishedAt = ({ published }: Item): number => published?.publishedAt ?? 0
  return copies.reduce<Item | null>(
    (newest, copy) => (newest === null || publishedAt(copy) > publishedAt(newest) ? copy : newest),
    null,
  )
}

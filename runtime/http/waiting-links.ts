import type { ExecutionView, Waiting } from '../../schemas/api/executions.ts'
import type { LinkHandle } from '../../schemas/execution-events.ts'
import type { Links } from '../objects/links.ts'

/** An execution with the links by which its approvals and callbacks are answered; without them where no links can be made. */
export async function withLinks(links: Links, view: ExecutionView): Promise<ExecutionView> {
  if (view.waiting === undefined) return view
  return { ...view, waiting: await Promise.all(view.waiting.map((waiting) => withLink(links, view.id, waiting))) }
}

async function withLink(links: Links, executionId: string, waiting: Waiting): Promise<Waiting> {
  const { for: what, step } = waiting
  if (what !== 'approval' && what !== 'callback') return waiting
  const handle: LinkHandle = { link: step as LinkHandle['link'], executionId, for: what }
  const link = await links.make(handle)
  return link.ok ? { ...waiting, url: link.url } : waiting
}

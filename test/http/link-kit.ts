import { env } from 'cloudflare:workers'

import { linksOf } from '../../runtime/objects/links.ts'
import type { LinkHandle } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'
import { executionAt } from '../objects/execution-kit.ts'
import { graphOf, make, type NodeText, start, step } from '../support/graphs.ts'
import { anonymous, deployed, json, post } from './http-kit.ts'

export const approval = (config: Record<string, unknown> = {}): NodeText => ({
  id: 'manager',
  kind: 'wait',
  config: { for: 'approval', name: 'Refund of 40 €', ...config },
})

/** Asks, and goes one way or the other; another wait keeps the execution going after that. */
export const asking = (config: Record<string, unknown> = {}): Graph =>
  graphOf(
    [
      start,
      approval({ timeoutMs: 86_400_000, ...config }),
      make('yes', '{{ steps.manager.output }}'),
      make('no', '{{ steps.manager.output }}'),
      make('late'),
      { id: 'rest', kind: 'wait', config: { for: 'signal', name: 'end' } },
    ],
    [
      'start -> manager',
      'manager.approved -> yes',
      'manager.rejected -> no',
      'manager.timeout -> late',
      'start -> rest',
    ],
  )

export async function begun(name: string, graph: Graph, input: unknown = null): Promise<string> {
  await deployed(name, graph)
  return (await json<{ executionId: string }>(await post(`/execute/${name}`, input))).executionId
}

/** The path of the link to a step of an execution, as the step's request would carry it. */
export async function pathTo(
  executionId: string,
  of = 'manager',
  what: LinkHandle['for'] = 'approval',
): Promise<string> {
  const link = await linksOf(env).make({ link: step(of), executionId, for: what })
  if (!link.ok) throw new Error(link.message)
  return new URL(link.url).pathname.slice('/actions'.length)
}

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

/** As a browser opens a link. */
export const visit = (path: string, init: RequestInit = {}): Promise<Response> =>
  anonymous(path, { ...init, headers: { ...html, ...(init.headers as Record<string, string> | undefined) } })

/** As the page sends its form. */
export const submit = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  visit(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: 'null', ...headers } })

/** As a program answers. */
export const send = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  anonymous(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

/** Types of the events after the wait was opened. */
export const eventsOf = (id: string): Promise<string[]> => executionAt(id).types()

/** What a page says first. */
export const statusAndTitle = async (response: Response): Promise<[number, string | undefined]> => [
  response.status,
  /<h1[^>]*>([^<]*)<\/h1>/.exec(await response.text())?.[1],
]

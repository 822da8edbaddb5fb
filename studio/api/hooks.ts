import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { Delivery, type Hook } from '../../schemas/api/workflows.ts'
import type { Node } from '../../schemas/graph.ts'
import { problemOf } from './problem-error.ts'
import { request } from './request.ts'
import { workflowQuery, workflowsQuery } from './workflows.ts'

const DeliveryPage = z.object({ items: z.array(Delivery), next: z.string().optional() })

export type HookOfWorkflow = {
  readonly hook: Hook
  readonly node: Node
  readonly workflowId: string
  readonly workflowName: string
}

/** Newest first; refused requests are among them. */
export const deliveriesQuery = (hookId: string) =>
  queryOptions({
    queryKey: ['deliveries', hookId],
    queryFn: ({ signal }) =>
      request(`/api/hooks/${encodeURIComponent(hookId)}/deliveries?limit=50`, DeliveryPage, { signal }),
    refetchInterval: 2000,
  })

export const olderDeliveries = (hookId: string, before: string): Promise<z.infer<typeof DeliveryPage>> =>
  request(
    `/api/hooks/${encodeURIComponent(hookId)}/deliveries?limit=50&before=${encodeURIComponent(before)}`,
    DeliveryPage,
  )

/** Every hook of every published workflow. Hooks belong to workflows and have no list of their own. */
export const hooksQuery = queryOptions({
  queryKey: ['hooks'],
  queryFn: async ({ client }): Promise<readonly HookOfWorkflow[]> => {
    const workflows = await client.fetchQuery(workflowsQuery)
    const withHook = workflows.filter(
      (workflow) => workflow.published !== undefined && workflow.triggers.includes('webhook'),
    )
    const details = await Promise.all(withHook.map((workflow) => client.fetchQuery(workflowQuery(workflow.id))))
    return details.flatMap((workflow) =>
      (workflow.active?.hooks ?? []).flatMap((hook) => {
        const node = workflow.active?.graph.nodes.find((candidate) => candidate.id === hook.nodeId)
        return node === undefined ? [] : [{ hook, node, workflowId: workflow.id, workflowName: workflow.name }]
      }),
    )
  },
})

/** Calls a hook that asks for no proof, as anyone could. Throws ProblemError when it refuses. */
export async function callOpenHook(url: string, method: string, body: unknown): Promise<{ readonly status: number }> {
  const response = await fetch(url, {
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    method,
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw await problemOf(response)
  return { status: response.status }
}

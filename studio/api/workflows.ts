import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { ExecutionStatus } from '../../schemas/api/executions.ts'
import { PublishAnswer, Sample, WorkflowDetail, WorkflowItem } from '../../schemas/api/workflows.ts'
import { Failure } from '../../schemas/execution-events.ts'
import { Json } from '../../schemas/json.ts'
import { request } from './request.ts'

const WorkflowPage = z.object({ items: z.array(WorkflowItem), next: z.string().optional() })
const Samples = z.object({ items: z.array(Sample) })
const ExecuteAnswer = z.object({
  executionId: z.string(),
  status: ExecutionStatus.optional(),
  output: Json.optional(),
  error: Failure.optional(),
})

/** All workflows, every page of the list. */
async function listWorkflows(signal: AbortSignal): Promise<readonly WorkflowItem[]> {
  const items: WorkflowItem[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const query: string = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`
    const page: z.infer<typeof WorkflowPage> = await request(`/api/workflows${query}`, WorkflowPage, { signal })
    items.push(...page.items)
    cursor = page.next
  }
  return items
}

export const workflowsQuery = queryOptions({
  queryKey: ['workflows'],
  queryFn: ({ signal }) => listWorkflows(signal),
  refetchInterval: 3000,
})

export const workflowQuery = (id: string) =>
  queryOptions({
    queryKey: ['workflow', id],
    queryFn: ({ signal }) => request(`/api/workflows/${encodeURIComponent(id)}`, WorkflowDetail, { signal }),
    refetchInterval: 5000,
  })

export const samplesQuery = queryOptions({
  queryKey: ['samples'],
  queryFn: async ({ signal }) => (await request('/api/samples', Samples, { signal })).items,
  staleTime: Number.POSITIVE_INFINITY,
})

export const publishSample = (id: string): Promise<PublishAnswer> =>
  request(`/api/samples/${encodeURIComponent(id)}`, PublishAnswer, { method: 'POST' })

export const publishDraft = (id: string): Promise<PublishAnswer> =>
  request(`/api/actions/drafts/${encodeURIComponent(id)}/publish`, PublishAnswer, { method: 'POST' })

/** Starts an execution and answers at once with its id. */
export const startExecution = (workflowId: string, input: unknown): Promise<z.infer<typeof ExecuteAnswer>> =>
  request(`/actions/execute/${encodeURIComponent(workflowId)}`, ExecuteAnswer, { method: 'POST', body: input })

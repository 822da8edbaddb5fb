import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { ExecutionReport } from '../../schemas/api/executions.ts'
import { type ExecutionFilters, executionQuery } from '../model/execution-filters.ts'
import { request } from './request.ts'

const ExecutionPage = z.object({
  items: z.array(ExecutionReport.omit({ wakeAt: true }).extend({ workflowName: z.string() })),
  next: z.string().optional(),
  lag: z.int(),
  asOf: z.number(),
})
export type ExecutionRow = z.infer<typeof ExecutionPage>['items'][number]

const fetchExecutions = (query: URLSearchParams, signal: AbortSignal) =>
  request(`/api/executions?${query}`, ExecutionPage, { signal })

/** The list that updates by itself. The more pages are open, the slower it asks. */
export const executionsQuery = (filters: ExecutionFilters) =>
  infiniteQueryOptions({
    queryKey: ['executions', filters],
    queryFn: ({ signal, pageParam }) => fetchExecutions(executionQuery(filters, Date.now(), pageParam), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => 1500 * Math.max(1, query.state.data?.pages.length ?? 1),
    placeholderData: (previous) => previous,
  })

/** The newest executions of one workflow. */
export const recentExecutionsQuery = (workflow: string) =>
  queryOptions({
    queryKey: ['executions', 'recent', workflow],
    queryFn: async ({ signal }) => {
      const query = executionQuery({ workflow }, Date.now())
      query.set('limit', '8')
      return (await fetchExecutions(query, signal)).items
    },
    refetchInterval: 1500,
  })

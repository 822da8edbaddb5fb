import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import {
  type CancelRequest,
  type PauseRequest,
  type ResumeRequest,
  type RetryRequest,
  type SignalRequest,
  UndoPlan,
} from '../../schemas/api/execution-requests.ts'
import { ExecutionView } from '../../schemas/api/executions.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { parseEvents } from '../model/read-events.ts'
import { nothing, request } from './request.ts'

/** What an event is made of is checked when it is read as one. */
const EventsPage = z.object({ events: z.array(z.unknown()), next: z.union([z.int(), z.string()]).optional() })

/** One page of an execution's events, read and checked. */
export async function fetchEvents(
  executionId: string,
  after: number,
  signal: AbortSignal,
): Promise<{ readonly events: readonly RecordedEvent[]; readonly next: number | undefined }> {
  const path = `/actions/executions/${encodeURIComponent(executionId)}/events?after=${after}&limit=${limits.eventsPage}`
  const page = await request(path, EventsPage, { signal })
  return { events: parseEvents(page.events), next: page.next === undefined ? undefined : Number(page.next) }
}

const commandPath = (executionId: string, command: string): string =>
  `/actions/executions/${encodeURIComponent(executionId)}/${command}`

/** What a person tells an execution, as the runtime takes it. */
export type Command =
  | { readonly name: 'cancel'; readonly body: Omit<z.input<typeof CancelRequest>, 'dryRun'> }
  | { readonly name: 'pause'; readonly body: z.input<typeof PauseRequest> }
  | { readonly name: 'resume'; readonly body: z.input<typeof ResumeRequest> }
  | { readonly name: 'retry'; readonly body: z.input<typeof RetryRequest> }
  | { readonly name: 'signal'; readonly body: z.input<typeof SignalRequest> }
  | { readonly name: 'answer'; readonly body: AnswerBody }
  | { readonly name: 'approve'; readonly body: ApproveBody }

/** The keys of steps are plain text on their way out. */
type AnswerBody = { readonly step: string } & (
  | { readonly outcome: 'succeeded'; readonly output: unknown }
  | { readonly outcome: 'failed'; readonly message: string }
  | { readonly outcome: 'retry' }
)
type ApproveBody = { readonly step: string; readonly decision: 'approved' | 'rejected'; readonly data?: unknown }

export const tellExecution = (executionId: string, { name, body }: Command): Promise<null> =>
  request(commandPath(executionId, name), nothing, { method: 'POST', body })

/** What a cancel that undoes would undo. Nothing happens. */
export const undoPlanQuery = (executionId: string) =>
  queryOptions({
    queryKey: ['undo-plan', executionId],
    queryFn: ({ signal }) =>
      request(commandPath(executionId, 'cancel'), UndoPlan, {
        method: 'POST',
        body: { compensate: true, dryRun: true },
        signal,
      }),
    staleTime: 0,
    gcTime: 0,
  })

/** An execution as its own object knows it: only it knows the links that answer its waits. */
export const executionQuery = (executionId: string) =>
  queryOptions({
    queryKey: ['execution', executionId],
    queryFn: ({ signal }) =>
      request(`/actions/executions/${encodeURIComponent(executionId)}`, ExecutionView, { signal }),
    staleTime: 0,
  })

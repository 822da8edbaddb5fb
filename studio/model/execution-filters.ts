import { z } from 'zod'
import { ExecutionStatus, WaitKind, waitingStatuses } from '../../schemas/api/executions.ts'
import { EpochMs } from '../../schemas/time.ts'

const HOUR = 3_600_000
export const periods = {
  '1h': { label: 'Last hour', ms: HOUR },
  '24h': { label: 'Last 24 hours', ms: 24 * HOUR },
  '7d': { label: 'Last 7 days', ms: 7 * 24 * HOUR },
  '30d': { label: 'Last 30 days', ms: 30 * 24 * HOUR },
} as const
export type Period = keyof typeof periods
export const periodNames = Object.keys(periods) as readonly Period[]

/**
 * The filters of the executions list as they stand in the URL. A value that cannot be read is dropped, so an old
 * or mistyped link still opens. `since` moves with the clock; `from` and `to` are fixed instants.
 */
export const ExecutionFilters = z.object({
  workflow: z.coerce.string().min(1).optional().catch(undefined),
  status: ExecutionStatus.optional().catch(undefined),
  waitsFor: WaitKind.optional().catch(undefined),
  since: z.enum(['1h', '24h', '7d', '30d']).optional().catch(undefined),
  from: EpochMs.optional().catch(undefined),
  to: EpochMs.optional().catch(undefined),
})
export type ExecutionFilters = z.infer<typeof ExecutionFilters>

/** The query of `GET /api/executions` for these filters at this moment. */
export function executionQuery(filters: ExecutionFilters, now: number, cursor?: string): URLSearchParams {
  const query = new URLSearchParams()
  if (filters.workflow !== undefined) query.set('workflow', filters.workflow)
  if (filters.status !== undefined) query.set('status', filters.status)
  if (filters.waitsFor !== undefined) query.set('waitsFor', filters.waitsFor)
  const from = filters.since === undefined ? filters.from : now - periods[filters.since].ms
  if (from !== undefined) query.set('from', String(from))
  if (filters.to !== undefined && filters.since === undefined) query.set('to', String(filters.to))
  query.set('limit', '50')
  if (cursor !== undefined) query.set('cursor', cursor)
  return query
}

/**
 * The filters with one changed; `undefined` takes a filter away. A period and fixed instants exclude each other, and
 * so do what is waited for and a status in which nothing waits.
 */
export function withFilter<Name extends keyof ExecutionFilters>(
  filters: ExecutionFilters,
  name: Name,
  value: ExecutionFilters[Name],
): ExecutionFilters {
  const { since, from, to, status, waitsFor, ...others } = filters
  const times = name === 'since' ? {} : name === 'from' || name === 'to' ? { from, to } : { since, from, to }
  const changed = { ...others, ...times, status, waitsFor, [name]: value }
  return compact(name === 'status' || name === 'waitsFor' ? agreeing(changed, name) : changed)
}

/** Of a status and a kind of waiting that exclude each other, the one that was chosen last. */
function agreeing(filters: ExecutionFilters, chosen: 'status' | 'waitsFor'): ExecutionFilters {
  const { status, waitsFor } = filters
  const canBoth = status === undefined || waitsFor === undefined || waitingStatuses.includes(status)
  return canBoth ? filters : { ...filters, [chosen === 'status' ? 'waitsFor' : 'status']: undefined }
}

export const hasFilters = (filters: ExecutionFilters): boolean =>
  Object.values(filters).some((value) => value !== undefined)

function compact(filters: ExecutionFilters): ExecutionFilters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))
}

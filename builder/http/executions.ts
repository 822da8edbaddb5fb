import { z } from 'zod'

import { wholeNumber } from '../../gate/query-number.ts'
import { ExecutionReport, ExecutionStatus, WaitKind } from '../../schemas/api/executions.ts'
import { EpochMs } from '../../schemas/time.ts'
import { executionCursor, listExecutions } from '../db/execution-list.ts'
import { documentedProblems } from './documented-problems.ts'
import { createRoute, json, pageQuery, readCursor, routes } from './route-parts.ts'
import type { Services } from './services.ts'

const ExecutionItem = ExecutionReport.omit({ wakeAt: true }).extend({ workflowName: z.string() })
const instant = wholeNumber(0)

const someOf = <Value>(value: z.ZodType<Value, string>) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((texts) => [...new Set([texts].flat().flatMap((text) => text.split(',')))])
    .pipe(z.array(value))

const list = createRoute({
  method: 'get',
  path: '/api/executions',
  tags: ['Executions'],
  summary: 'Executions, the last started first.',
  request: {
    query: z.strictObject({
      ...pageQuery,
      workflow: z.string().max(100).optional(),
      status: someOf(ExecutionStatus).optional().describe('One or more, repeated or joined by commas.'),
      waitsFor: someOf(WaitKind)
        .optional()
        .describe('What a waiting or paused execution waits for: any of these, repeated or joined by commas.'),
      from: instant.optional().describe('First start, epoch milliseconds.'),
      to: instant.optional().describe('Last start, epoch milliseconds.'),
    }),
  },
  responses: {
    200: json(
      z.object({ items: z.array(ExecutionItem), next: z.string().optional(), lag: z.int(), asOf: EpochMs }),
      'A page. It includes everything up to `asOf`; `lag` changes are known that it lacks.',
    ),
    ...documentedProblems(),
  },
})

export function executionRoutes({ db, projector }: Services) {
  return routes().openapi(list, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const after = readCursor(executionCursor, cursor)
    const freshness = await projector.refresh(filter.workflow)
    const { items, next } = await listExecutions(db, filter, limit, after)
    return c.json({ items, ...(next === undefined ? {} : { next: executionCursor.write(next) }), ...freshness }, 200)
  })
}

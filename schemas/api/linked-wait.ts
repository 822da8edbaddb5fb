import { z } from 'zod'

import { JsonObject } from '../json.ts'
import { EpochMs } from '../time.ts'
import { ExecutionStatus } from './executions.ts'

/** What is asked of whoever holds a link. */
export const Asked = z.object({
  name: z.string(),
  message: z.string().optional(),
  /** JSON Schema of what is to be filled in. */
  form: JsonObject.optional(),
  until: EpochMs.optional(),
})
export type Asked = z.infer<typeof Asked>

/** What has happened to a step that was answered, when it is over. */
export const SettledWait = z.object({
  status: z.enum(['succeeded', 'failed', 'cancelled', 'skipped']),
  /** The ports that it left by: for an approval `approved`, `rejected` or `timeout`. */
  ports: z.array(z.string()).readonly(),
  at: EpochMs,
})
export type SettledWait = z.infer<typeof SettledWait>

const shown = z.object({ workflow: z.string(), executionStatus: ExecutionStatus })

/** A wait as the holder of its link may see it: nothing else of the execution. */
export const LinkedWait = z.discriminatedUnion('stage', [
  shown.extend({ stage: z.literal('not_yet') }),
  shown.extend({ stage: z.literal('open'), asked: Asked }),
  /** A callback that came before its step began to wait. */
  shown.extend({ stage: z.literal('kept') }),
  /** `settled` is null when the iteration it belongs to is over, or when it never began. */
  shown.extend({ stage: z.literal('over'), settled: SettledWait.nullable() }),
])
export type LinkedWait = z.infer<typeof LinkedWait>

/** Answer of `POST /actions/approve/:token` and of `POST /actions/callback/:token`. */
export const Decided = z.object({ decision: z.enum(['approved', 'rejected']) })
export const CallbackTaken = z.object({
  /** Whether the step goes on with it. Otherwise it is kept until the step begins to wait. */
  taken: z.boolean(),
})

import { z } from 'zod'

import { Failure } from './execution-events.ts'
import { Graph, NodeId, StepKey } from './graph.ts'
import { Json } from './json.ts'
import { limits } from './limits.ts'
import { EpochMs } from './time.ts'

const now = EpochMs
/** A number in [0, 1) drawn by the caller: deciding itself leaves nothing to chance. */
const chance = z.number().min(0).lt(1)
const step = StepKey
const attempt = z.int().min(1)

/** What someone wants, in the imperative. Time, ids and chance travel with it, so deciding needs neither clock nor dice. */
export const ExecutionCommand = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('StartExecution'),
    now,
    executionId: z.string(),
    workflowId: z.string(),
    version: z.int().min(1),
    contentHash: z.string(),
    graph: Graph,
    triggerNode: NodeId,
    trigger: Json,
  }),
  z.object({ type: z.literal('SucceedAttempt'), now, step, attempt, output: Json }),
  z.object({
    type: z.literal('FailAttempt'),
    now,
    chance,
    step,
    attempt,
    failure: Failure,
    retryable: z.boolean(),
    /** From `Retry-After`: the other side asks not to be called sooner. */
    notBefore: EpochMs.optional(),
  }),
  /** Time has passed, or the process was restarted: fire what is due and find what was interrupted. */
  z.object({
    type: z.literal('Wake'),
    now,
    chance,
    inFlight: z.array(
      z.object({
        step,
        attempt,
        /** How long the attempt was kept back before it was sent, or has been until now; its time limit counts from there. */
        waitedMs: z.int().min(0).optional(),
      }),
    ),
  }),
  z.object({ type: z.literal('CancelExecution'), now, reason: z.string().max(limits.nameLength) }),
])
export type ExecutionCommand = z.infer<typeof ExecutionCommand>
export type CommandOf<Type extends ExecutionCommand['type']> = Extract<ExecutionCommand, { type: Type }>

import { z } from 'zod'
import { Failure, StepRequest } from '../execution-events.ts'
import { StepKey } from '../graph.ts'
import { Json } from '../json.ts'
import { SignalName } from '../kinds/wait.ts'
import { limits } from '../limits.ts'
import { ExecutionStatus } from './executions.ts'

/** Bodies of `POST /executions/:id/…`. One that is missing is `{}`. */
export const SignalRequest = z.strictObject({
  name: SignalName,
  data: Json.optional(),
  /** A signal with the id of an earlier one changes nothing. */
  id: z.string().min(1).max(limits.signalIdLength).optional(),
})
export const PauseRequest = z.strictObject({ timers: z.enum(['frozen', 'running']).default('frozen') })
export const ResumeRequest = z.strictObject({})
export const RetryRequest = z.strictObject({})
export const CancelRequest = z.strictObject({
  reason: z.string().max(limits.nameLength).default('cancelled by a person'),
  /** Undo what was done before. */
  compensate: z.boolean().default(false),
  /** Only say what would be undone. */
  dryRun: z.boolean().default(false),
})
/** What an attempt did that a crash left open, as `UnknownAnswer`. */
export const AnswerRequest = z.discriminatedUnion('outcome', [
  z.strictObject({ step: StepKey, outcome: z.literal('succeeded'), output: Json }),
  z.strictObject({
    step: StepKey,
    outcome: z.literal('failed'),
    message: z.string().min(1).max(limits.failureMessageChars),
  }),
  z.strictObject({ step: StepKey, outcome: z.literal('retry') }),
])
export const ApproveRequest = z.strictObject({
  step: StepKey,
  decision: z.enum(['approved', 'rejected']),
  data: Json.optional(),
})

/** What the execution is doing after what was asked. */
export const CommandDone = z.object({ executionId: z.string(), status: ExecutionStatus })
export const SignalDone = CommandDone.extend({
  /** Whether a step goes on with it. Otherwise it is kept for one that may. */
  taken: z.boolean(),
  /** A signal with this id had come before. */
  repeated: z.boolean(),
})
/** Newest first, which is the order in which they would be undone. */
export const UndoPlan = CommandDone.extend({
  wouldUndo: z.array(
    z.object({
      /** The step that would be undone. */
      undoes: z.string(),
      /** The step that undoes it. */
      step: z.string(),
      /** What that would ask for; secrets are handles. */
      request: StepRequest.optional(),
      /** Of a batch of an each: the execution that worked on it and undoes it, and how many of its steps, where that is known. */
      child: z.object({ executionId: z.string().optional(), steps: z.int().min(1).optional() }).optional(),
      /** Why it could not. */
      failure: Failure.optional(),
    }),
  ),
})
export type UndoPlan = z.infer<typeof UndoPlan>

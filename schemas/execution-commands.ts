import { z } from 'zod'

import { Beginning, Failure, Notice, PauseTimers } from './execution-events.ts'
import { StepKey } from './graph.ts'
import { Json } from './json.ts'
import { SignalName } from './kinds/wait.ts'
import { limits } from './limits.ts'
import { EpochMs } from './time.ts'

const now = EpochMs
/** A number in [0, 1) drawn by the caller: deciding itself leaves nothing to chance. */
const chance = z.number().min(0).lt(1)
const step = StepKey
const attempt = z.int().min(1)
const position = z.int().min(1)

export const UnknownAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('succeeded'), output: Json }),
  z.object({ outcome: z.literal('failed'), message: z.string().min(1).max(limits.failureMessageChars) }),
  z.object({ outcome: z.literal('retry') }),
])
export type UnknownAnswer = z.infer<typeof UnknownAnswer>

/** How a child ended, as its parent is told. */
export const ChildResult = z.discriminatedUnion('status', [
  z.object({ status: z.literal('succeeded'), output: Json }),
  z.object({ status: z.enum(['failed', 'cancelled', 'quarantined']), failure: Failure }),
])
export type ChildResult = z.infer<typeof ChildResult>

const reason = z.string().max(limits.nameLength)

/** What a parent wants of its child. */
export const ParentWish = z.discriminatedUnion('notice', [
  z.object({ notice: z.literal('cancel'), reason, compensate: z.boolean() }),
  z.object({ notice: z.literal('pause'), timers: PauseTimers }),
  z.object({ notice: z.literal('resume') }),
  /** Of a batch, however it ended: to go on where it was, or to undo what it did. */
  z.object({ notice: z.literal('retry') }),
  z.object({ notice: z.literal('undo'), reason }),
])
export type ParentWish = z.infer<typeof ParentWish>

/** What someone wants, in the imperative. Time, ids and chance travel with it, so deciding needs neither clock nor dice. */
export const ExecutionCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('StartExecution'), now, ...Beginning.shape }),
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
  z.object({
    type: z.literal('CancelExecution'),
    now,
    reason,
    /** Undo what was done before. */
    compensate: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('SendSignal'),
    now,
    name: SignalName,
    data: Json,
    /** A signal with the id of an earlier one changes nothing. */
    id: z.string().min(1).max(limits.signalIdLength).optional(),
  }),
  /** A person decides. The data fits the form of the wait. */
  z.object({
    type: z.literal('DecideApproval'),
    now,
    step,
    decision: z.enum(['approved', 'rejected']),
    data: Json,
  }),
  z.object({ type: z.literal('AnswerCallback'), now, step, data: Json }),
  z.object({ type: z.literal('PauseExecution'), now, timers: PauseTimers }),
  z.object({ type: z.literal('ResumeExecution'), now }),
  z.object({ type: z.literal('RetryExecution'), now }),
  /** What the attempt did that a crash left open. */
  z.object({ type: z.literal('AnswerUnknown'), now, step, answer: UnknownAnswer }),
  z.object({
    type: z.literal('EndChild'),
    now,
    step,
    executionId: z.string(),
    /** Position in our own log of the newest that the child had heard of us, 0 for nothing; not there when it did not end by itself. */
    heardAt: z.int().min(0).optional(),
    /** Of a batch: steps in it that can be undone. */
    undoable: z.int().min(0).optional(),
    /** Of a batch: a fail step ended it, which ends all that it is a part of. */
    byFailStep: z.boolean().optional(),
    result: ChildResult,
  }),
  /** `notedAt` grows with what the parent says, so that what was overtaken on its way is known. */
  z.object({ type: z.literal('HearParent'), now, notedAt: position, wish: ParentWish }),
  /** The other execution has heard. */
  z.object({
    type: z.literal('DeliverNotice'),
    now,
    notice: Notice,
    notedAt: position,
    child: position.optional(),
  }),
])
export type ExecutionCommand = z.infer<typeof ExecutionCommand>
export type CommandOf<Type extends ExecutionCommand['type']> = Extract<ExecutionCommand, { type: Type }>

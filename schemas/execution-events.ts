import { z } from 'zod'

import { Graph, NodeId, StepKey } from './graph.ts'
import { Json, JsonObject } from './json.ts'
import { EpochMs } from './time.ts'

const at = EpochMs
const step = StepKey
const attempt = z.int().min(1)

/** What went wrong. `code` is for programs and stable; `message` says to a person what to do. */
export const Failure = z.object({
  code: z.string(),
  message: z.string(),
  /** What the other side said, for example `{ status, headers, body }` of an http answer. */
  details: Json.optional(),
})
export type Failure = z.infer<typeof Failure>

/** One evaluated rule of a condition: its text, what it read, and what came out. Replay shows this; it never re-evaluates. */
export const RuleDecision = z.object({ port: z.string(), when: z.string(), operands: JsonObject, result: z.boolean() })
export type RuleDecision = z.infer<typeof RuleDecision>

/** Where the secret parts of a request go. Paths come from the published config, never from data, so data cannot ask for a secret. */
export const Injection = z.object({
  path: z.array(z.union([z.string(), z.int()])),
  parts: z.array(z.union([z.object({ text: z.string() }), z.object({ secret: z.string() })])),
})
export type Injection = z.infer<typeof Injection>

/** What an acting step asks the world for, resolved once and the same for every attempt. Secrets are handles. */
export const StepRequest = z.object({ kind: z.string(), config: JsonObject, injections: z.array(Injection) })
export type StepRequest = z.infer<typeof StepRequest>

/** Which steps make up an execution's output; their bodies are stored once, in their own events. */
export const OutputSource = z.discriminatedUnion('shape', [
  z.object({ shape: z.literal('none') }),
  z.object({ shape: z.literal('step'), step }),
  z.object({ shape: z.literal('steps'), steps: z.array(step) }),
])
export type OutputSource = z.infer<typeof OutputSource>

/**
 * Everything that can happen to one execution. Past tense. From version 0.1.0 on a shape never
 * changes: a new one is added, or old rows are upcast when read.
 */
export const ExecutionEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ExecutionStarted'),
    at,
    /** Version of the engine's rules (SPEC.md) that this log was begun under. */
    rules: z.int().min(1),
    executionId: z.string(),
    workflowId: z.string(),
    version: z.int().min(1),
    contentHash: z.string(),
    graph: Graph,
    triggerNode: NodeId,
    trigger: Json,
  }),
  /** Every edge into the node is dead, so it never runs and its own edges die. */
  z.object({
    type: z.literal('StepSkipped'),
    at,
    step,
    deadEdges: z.array(z.object({ from: NodeId, port: z.string() })),
  }),
  /** An attempt of an acting step is about to leave the object. `request` is recorded with the first. */
  z.object({
    type: z.literal('AttemptStarted'),
    at,
    step,
    attempt,
    timeoutAt: EpochMs,
    idempotencyKey: z.string(),
    request: StepRequest.optional(),
  }),
  /** The attempt failed. With `retryAt` another follows then; without it the step is over. */
  z.object({ type: z.literal('AttemptFailed'), at, step, attempt, failure: Failure, retryAt: EpochMs.optional() }),
  /** The process died while the attempt was in flight: what it did outside is unknown, and the next attempt carries the same key. */
  z.object({ type: z.literal('AttemptInterrupted'), at, step, attempt }),
  /** An answer that came after the attempt was over. It changes nothing. */
  z.object({
    type: z.literal('AttemptIgnored'),
    at,
    step,
    attempt,
    outcome: z.enum(['succeeded', 'failed']),
    reason: z.string(),
  }),
  z.object({ type: z.literal('DelayStarted'), at, step, until: EpochMs }),
  /** The step is over and leaves by `ports`. */
  z.object({
    type: z.literal('StepSucceeded'),
    at,
    step,
    ports: z.array(z.string()),
    output: Json,
    attempt: attempt.optional(),
    decision: z.array(RuleDecision).optional(),
    response: z.object({ status: z.int(), headers: z.record(z.string(), z.string()) }).optional(),
  }),
  /** The step is over without output. `ports` is how it leaves: `error`, its other ports (continue), or none. */
  z.object({
    type: z.literal('StepFailed'),
    at,
    step,
    failure: Failure,
    handled: z.enum(['fail', 'port', 'continue']),
    ports: z.array(z.string()),
  }),
  z.object({ type: z.literal('StepCancelled'), at, step }),
  z.object({ type: z.literal('ExecutionSucceeded'), at, output: OutputSource }),
  z.object({ type: z.literal('ExecutionFailed'), at, failure: Failure, step: step.optional() }),
  z.object({ type: z.literal('ExecutionCancelled'), at, reason: z.string() }),
])
export type ExecutionEvent = z.infer<typeof ExecutionEvent>
export type EventOf<Type extends ExecutionEvent['type']> = Extract<ExecutionEvent, { type: Type }>

/** An event with its place in the log. Positions are dense and start at 1. */
export type RecordedEvent = ExecutionEvent & { readonly position: number }

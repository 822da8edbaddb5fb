import { z } from 'zod'

import { Graph, NodeId, StepKey } from './graph.ts'
import { Json, JsonObject } from './json.ts'
import { EpochMs } from './time.ts'

const at = EpochMs
const step = StepKey
const attempt = z.int().min(1)
const position = z.int().min(1)
/** Of an iteration, from 0. */
const index = z.int().min(0)
const bytes = z.int().min(0)
/** Of a batch: steps in its child that can be undone. */
const undoable = z.int().min(1)

/** What went wrong. `code` is for programs and stable; `message` says to a person what to do. */
export const Failure = z.object({
  code: z.string(),
  message: z.string(),
  /** What the other side said, for example `{ status, headers, body }` of an http answer. */
  details: Json.optional(),
})
export type Failure = z.infer<typeof Failure>

/** One evaluated rule: its port, its text, what it read, and what came out. Replay shows this; it never re-evaluates. */
export const RuleDecision = z.object({
  port: z.string(),
  when: z.string(),
  operands: JsonObject,
  result: z.boolean(),
  /** Why it could not be evaluated, where that counts as not holding. */
  error: z.string().optional(),
})
export type RuleDecision = z.infer<typeof RuleDecision>

/** The place of a link: whoever holds it answers the step's wait, so the link itself is made when the request leaves and recorded nowhere. */
export const LinkHandle = z.object({ link: StepKey, executionId: z.string(), for: z.enum(['approval', 'callback']) })
export type LinkHandle = z.infer<typeof LinkHandle>

/** Where the secret parts of a request go. Paths come from the published config, never from data, so data cannot ask for a secret. */
export const Injection = z.object({
  path: z.array(z.union([z.string(), z.int()])),
  parts: z.array(z.union([z.object({ text: z.string() }), z.object({ secret: z.string() }), LinkHandle])),
})
export type Injection = z.infer<typeof Injection>

/** What an acting step asks the world for, resolved once and the same for every attempt. Secrets are handles. */
export const StepRequest = z.object({ kind: z.string(), config: JsonObject, injections: z.array(Injection) })
export type StepRequest = z.infer<typeof StepRequest>

/** Which steps make up an execution's output; their bodies are stored once, in their own events. */
export const OutputSource = z.discriminatedUnion('shape', [
  z.object({ shape: z.literal('none') }),
  /** The body of the step that answered the caller. */
  z.object({ shape: z.literal('answer'), position }),
  z.object({ shape: z.literal('step'), step }),
  z.object({ shape: z.literal('steps'), steps: z.array(step) }),
])
export type OutputSource = z.infer<typeof OutputSource>

/** What an iteration came to: what its container collects, or the outputs of its last steps, by their places in the log. */
export const IterationOutput = z.discriminatedUnion('shape', [
  z.object({ shape: z.literal('none') }),
  z.object({ shape: z.literal('step'), step, position }),
  z.object({ shape: z.literal('steps'), steps: z.array(z.object({ step, position })) }),
  z.object({ shape: z.literal('collected'), value: Json }),
])
export type IterationOutput = z.infer<typeof IterationOutput>

/** The execution that started this one, and the step that did. */
export const Parent = z.object({
  executionId: z.string(),
  step,
  /** How many executions stand above this one. */
  depth: z.int().min(1),
  /** Whether the step is over only when this one has ended. */
  isAwaited: z.boolean(),
  /** Whether a failure trigger started one of those above: then the failure of this one starts no other. */
  isOfFailure: z.boolean(),
})
export type Parent = z.infer<typeof Parent>

/**
 * What a child execution works on that stands for a part of an `each`: some of its items, and what
 * the steps inside may read of what is outside.
 */
export const Batch = z.object({
  container: step,
  /** Index of the first of the items. */
  first: index,
  items: z.array(Json),
  concurrency: z.int().min(1),
  /** Of JSON, that the list has with the results of the items before them. */
  bytes,
  scope: JsonObject,
})
export type Batch = z.infer<typeof Batch>

/** What an execution begins with: which version of which workflow, by which trigger, and for whom. */
export const Beginning = z.object({
  executionId: z.string(),
  workflowId: z.string(),
  version: z.int().min(1),
  contentHash: z.string(),
  graph: Graph,
  triggerNode: NodeId,
  trigger: Json,
  parent: Parent.optional(),
  /** It runs one container of the graph, and there some of the items. */
  batch: Batch.optional(),
})

/** Why an execution is being undone, and so how it ends. */
export const CompensationCause = z.discriminatedUnion('type', [
  z.object({ type: z.literal('failed'), failure: Failure, step: step.optional() }),
  z.object({ type: z.literal('cancelled'), reason: z.string() }),
])
export type CompensationCause = z.infer<typeof CompensationCause>

/** What one execution must tell another until it has heard: a child its parent, a parent a child. */
export const Notice = z.enum(['ended', 'cancel', 'pause', 'resume'])
export type Notice = z.infer<typeof Notice>

/** What a parent says to its child. `retry` and `undo` are for a batch, however it ended. */
const ParentNotice = z.enum(['cancel', 'pause', 'resume', 'retry', 'undo'])

/** What holds a paused execution: a person, the pause of its parent, or a step that is unknown. */
export const PauseReason = z.enum(['requested', 'parent', 'unknown'])
export const PauseTimers = z.enum(['frozen', 'running'])

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
    ...Beginning.shape,
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
  /** A crash left open what the attempt of a step that acts at most once did. A person says. */
  z.object({ type: z.literal('StepUnknown'), at, step, attempt }),
  z.object({ type: z.literal('UnknownAnswered'), at, step, answer: z.enum(['succeeded', 'failed', 'retry']) }),
  z.object({ type: z.literal('DelayStarted'), at, step, until: EpochMs }),
  /** The step waits for the world, at most until `until`. */
  z.object({
    type: z.literal('WaitStarted'),
    at,
    step,
    for: z.enum(['signal', 'approval', 'callback']),
    name: z.string(),
    until: EpochMs.optional(),
    message: z.string().optional(),
    form: JsonObject.optional(),
  }),
  /** `considered`: the matches of the steps that waited for this name and did not take it. */
  z.object({
    type: z.literal('SignalReceived'),
    at,
    name: z.string(),
    data: Json,
    id: z.string().optional(),
    considered: z.array(z.object({ step, rule: RuleDecision })).optional(),
  }),
  /** A callback that came before its step began to wait; it is kept for it. */
  z.object({ type: z.literal('CallbackReceived'), at, step, data: Json }),
  /** An answer to a step that waits no longer. It changes nothing. */
  z.object({ type: z.literal('AnswerIgnored'), at, step, reason: z.string() }),
  /** The step's child has started, and the step waits for its end. */
  z.object({
    type: z.literal('ChildStarted'),
    at,
    step,
    workflowId: z.string(),
    executionId: z.string(),
    version: z.int().min(1),
  }),
  /**
   * The container has begun, with these items, at most `concurrency` of them at once. With
   * `batchSize` each of its iterations is a child execution that works on so many of them.
   */
  z.object({
    type: z.literal('EachStarted'),
    at,
    step,
    items: z.array(Json),
    concurrency: z.int().min(1),
    batchSize: z.int().min(1).optional(),
  }),
  z.object({ type: z.literal('RepeatStarted'), at, step }),
  /** `step` is the container. `decision`: the rule of a `repeat`, asked before its first iteration. */
  z.object({
    type: z.literal('IterationStarted'),
    at,
    step,
    index,
    decision: z.array(RuleDecision).optional(),
  }),
  /** `decision`: the rule by which a `repeat` goes on or ends. */
  z.object({
    type: z.literal('IterationSucceeded'),
    at,
    step,
    index,
    output: IterationOutput,
    /** Of JSON, that the result adds to the list of an `each`. */
    bytes: bytes.optional(),
    decision: z.array(RuleDecision).optional(),
  }),
  /** The iteration is over and its container goes on. */
  z.object({ type: z.literal('IterationFailed'), at, step, index, failure: Failure, failedStep: StepKey, bytes }),
  /** The step is over and leaves by `ports`. Its output is here, or in the event at `outputAt`: a body is stored once. */
  z.object({
    type: z.literal('StepSucceeded'),
    at,
    step,
    ports: z.array(z.string()),
    output: Json.optional(),
    outputAt: position.optional(),
    attempt: attempt.optional(),
    undoable: undoable.optional(),
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
    undoable: undoable.optional(),
  }),
  z.object({ type: z.literal('StepCancelled'), at, step }),
  /**
   * Nothing begins until it is resumed. With `frozen` timers no time passes meanwhile; with `running` ones what is due
   * then fires. Of an execution that is paused already it only says what holds it from now on.
   */
  z.object({ type: z.literal('ExecutionPaused'), at, reason: PauseReason, timers: PauseTimers }),
  z.object({ type: z.literal('ExecutionResumed'), at }),
  /** What the parent said. `notedAt`: the position in its own log of what it said that about. */
  z.object({ type: z.literal('ParentHeard'), at, notice: ParentNotice, notedAt: position }),
  /** A failed execution goes on at its failed step. */
  z.object({ type: z.literal('ExecutionRetried'), at }),
  /** What was done is being undone: the steps to be undone, newest first; of very many the first, and how many there are beside them. */
  z.object({
    type: z.literal('CompensationStarted'),
    at,
    cause: CompensationCause,
    steps: z.array(step),
    more: z.int().min(1).optional(),
  }),
  /**
   * The other execution knows what follows from the event at `notedAt`. `child`: position of the attempt that started
   * it; without it the parent was told.
   */
  z.object({ type: z.literal('NoticeDelivered'), at, notice: Notice, notedAt: position, child: position.optional() }),
  z.object({ type: z.literal('ExecutionSucceeded'), at, output: OutputSource }),
  z.object({ type: z.literal('ExecutionFailed'), at, failure: Failure, step: step.optional() }),
  z.object({ type: z.literal('ExecutionCancelled'), at, reason: z.string() }),
])
export type ExecutionEvent = z.infer<typeof ExecutionEvent>
export type EventOf<Type extends ExecutionEvent['type']> = Extract<ExecutionEvent, { type: Type }>

/** An event with its place in the log. Positions are dense and start at 1. */
export type RecordedEvent = ExecutionEvent & { readonly position: number }

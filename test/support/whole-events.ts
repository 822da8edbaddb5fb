import type { ParentWish } from '../../schemas/execution-commands.ts'
import type {
  CompensationCause,
  ExecutionEvent,
  IterationOutput,
  Notice,
  RuleDecision,
} from '../../schemas/execution-events.ts'
import { busy, type Partially, t0 } from './events.ts'
import { step } from './graphs.ts'

/** Events of containers, of waits and children, and of an execution as a whole. Those of other steps are in `events.ts`. */
export const eachStarted = (id: string, items: unknown[], more: Partially<'EachStarted'> = {}): ExecutionEvent => ({
  type: 'EachStarted',
  at: t0,
  step: step(id),
  items: items as never,
  concurrency: 10,
  ...more,
})
export const repeatStarted = (id: string, at = t0): ExecutionEvent => ({ type: 'RepeatStarted', at, step: step(id) })
export const iterationStarted = (
  id: string,
  index: number,
  more: Partially<'IterationStarted'> = {},
): ExecutionEvent => ({ type: 'IterationStarted', at: t0, step: step(id), index, ...more })
/** The iteration came to the output of its last step, at a position of the log. */
export const iterated = (
  id: string,
  index: number,
  last: readonly [string, number] | IterationOutput,
  more: Partially<'IterationSucceeded'> = {},
): ExecutionEvent => ({
  type: 'IterationSucceeded',
  at: t0,
  step: step(id),
  index,
  output: 'shape' in last ? last : { shape: 'step', step: step(last[0]), position: last[1] },
  ...more,
})
export const iterationFailed = (
  id: string,
  index: number,
  failedStep: string,
  more: Partially<'IterationFailed'> = {},
): ExecutionEvent => ({
  type: 'IterationFailed',
  at: t0,
  step: step(id),
  index,
  failure: busy,
  failedStep: step(failedStep),
  bytes: JSON.stringify({ error: { ...busy, step: failedStep } }).length + 1,
  ...more,
})
/** A rule of a `repeat`. */
export const asked = (when: string, operands: RuleDecision['operands'], result: boolean) => ({
  decision: [{ port: result ? 'body' : 'out', when, operands, result }],
})

export const signalAwaited = (id: string, more: Partially<'WaitStarted'> = {}): ExecutionEvent => ({
  type: 'WaitStarted',
  at: t0,
  step: step(id),
  for: 'signal',
  name: 'paid',
  ...more,
})
export const approvalAwaited = (id: string, more: Partially<'WaitStarted'> = {}): ExecutionEvent =>
  signalAwaited(id, { for: 'approval', name: id, ...more })
export const callbackAwaited = (id: string, more: Partially<'WaitStarted'> = {}): ExecutionEvent =>
  signalAwaited(id, { for: 'callback', name: id, ...more })
export const signalReceived = (data: unknown, more: Partially<'SignalReceived'> = {}): ExecutionEvent => ({
  type: 'SignalReceived',
  at: t0,
  name: 'paid',
  data: data as never,
  ...more,
})
export const callbackReceived = (id: string, data: unknown, at = t0): ExecutionEvent => ({
  type: 'CallbackReceived',
  at,
  step: step(id),
  data: data as never,
})
/** The step ends with what an earlier event holds. */
export const took = (id: string, outputAt: number, more: Partially<'StepSucceeded'> = {}): ExecutionEvent => ({
  type: 'StepSucceeded',
  at: t0,
  step: step(id),
  ports: ['out'],
  outputAt,
  ...more,
})
export const answerIgnored = (id: string, reason: string, at = t0): ExecutionEvent => ({
  type: 'AnswerIgnored',
  at,
  step: step(id),
  reason,
})

export const unknown = (id: string, attempt = 1, at = t0): ExecutionEvent => ({
  type: 'StepUnknown',
  at,
  step: step(id),
  attempt,
})
export const unknownAnswered = (
  id: string,
  answer: Partially<'UnknownAnswered'>['answer'],
  at = t0,
): ExecutionEvent => ({ type: 'UnknownAnswered', at, step: step(id), answer: answer ?? 'retry' })

export const paused = (at = t0, more: Partially<'ExecutionPaused'> = {}): ExecutionEvent => ({
  type: 'ExecutionPaused',
  at,
  reason: 'requested',
  timers: 'frozen',
  ...more,
})
export const resumed = (at = t0): ExecutionEvent => ({ type: 'ExecutionResumed', at })
export const retried = (at = t0): ExecutionEvent => ({ type: 'ExecutionRetried', at })
export const undoing = (steps: readonly string[], cause: CompensationCause, at = t0): ExecutionEvent => ({
  type: 'CompensationStarted',
  at,
  cause,
  steps: steps.map(step),
})

/** The child of the n-th attempt of a test, by default `child-1`. */
export const childStarted = (id: string, executionId = 'child-1', at = t0): ExecutionEvent => ({
  type: 'ChildStarted',
  at,
  step: step(id),
  workflowId: 'shipping',
  executionId,
  version: 2,
})
export const parentHeard = (notice: ParentWish['notice'], notedAt: number, at = t0): ExecutionEvent => ({
  type: 'ParentHeard',
  at,
  notice,
  notedAt,
})
export const heard = (notice: Notice, notedAt: number, child?: number, at = t0): ExecutionEvent => ({
  type: 'NoticeDelivered',
  at,
  notice,
  notedAt,
  ...(child === undefined ? {} : { child }),
})

import { nodeOf, rules } from '../../runtime/engine/index.ts'
import type { CommandOf, ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { EventOf, ExecutionEvent, Failure, StepRequest } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'
import { edgeOf, nodeId, step } from './graphs.ts'

export const t0 = 1_767_225_600_000 // 2026-01-01T00:00:00Z
export const busy: Failure = { code: 'http_503', message: 'busy' }

export const trigger = { body: { total: 40, customer: { name: 'Ada' } } }
const pinned = {
  executionId: 'execution-1',
  workflowId: 'workflow-1',
  version: 3,
  contentHash: 'sha256-of-the-graph',
  triggerNode: nodeId('start'),
  trigger,
}
type Start = Partial<Omit<CommandOf<'StartExecution'>, 'triggerNode'>> & { triggerNode?: string }

export const startExecution = (graph: Graph, start: Start = {}): ExecutionCommand =>
  ({ type: 'StartExecution', now: t0, graph, ...pinned, ...start }) as ExecutionCommand
export const succeed = (id: string, output: unknown, attempt = 1, now = t0): ExecutionCommand => ({
  type: 'SucceedAttempt',
  now,
  step: step(id),
  attempt,
  output,
})
export const failAttempt = (id: string, more: Partial<CommandOf<'FailAttempt'>> = {}): ExecutionCommand => ({
  type: 'FailAttempt',
  now: t0,
  chance: 0.5,
  step: step(id),
  attempt: 1,
  failure: busy,
  retryable: true,
  ...more,
})
/** `inFlight` as `'fetch'` or `'fetch#2'` for the second attempt. */
export const wake = (now: number, inFlight: readonly string[] = []): ExecutionCommand => ({
  type: 'Wake',
  now,
  chance: 0.5,
  inFlight: inFlight.map((text) => {
    const [id = '', attempt = '1'] = text.split('#')
    return { step: step(id), attempt: Number(attempt) }
  }),
})
export const cancel = (now = t0): ExecutionCommand => ({ type: 'CancelExecution', now, reason: 'not needed any more' })

export type Partially<Type extends ExecutionEvent['type']> = Partial<Omit<EventOf<Type>, 'type' | 'step'>>

export const started = (graph: Graph, start: Start = {}): ExecutionEvent => {
  const { now = t0, ...rest } = start
  return { type: 'ExecutionStarted', at: now, rules, graph, ...pinned, ...rest } as ExecutionEvent
}
export const skipped = (id: string, deadEdges: readonly string[], at = t0): ExecutionEvent => ({
  type: 'StepSkipped',
  at,
  step: step(id),
  deadEdges: deadEdges.map((text) => {
    const { from, port } = edgeOf(`${text} -> `)
    return { from: nodeId(from), port }
  }),
})
/** The request of `http(id)` in `graphs.ts`, also inside a container. */
export const requestOf = (id: string): StepRequest => ({
  kind: 'http',
  config: {
    method: 'GET',
    url: `https://api.example/${nodeOf(step(id))}`,
    redirects: 5,
    idempotencyHeader: 'Idempotency-Key',
  },
  injections: [],
})
export const attemptStarted = (
  id: string,
  attempt = 1,
  at = t0,
  more: Partially<'AttemptStarted'> = {},
): ExecutionEvent => ({
  type: 'AttemptStarted',
  at,
  step: step(id),
  attempt,
  timeoutAt: at + 30_000,
  idempotencyKey: `execution-1.${id}`,
  ...(attempt === 1 ? { request: requestOf(id) } : {}),
  ...more,
})
export const attemptFailed = (id: string, attempt = 1, more: Partially<'AttemptFailed'> = {}): ExecutionEvent => ({
  type: 'AttemptFailed',
  at: t0,
  step: step(id),
  attempt,
  failure: busy,
  ...more,
})
export const interrupted = (id: string, attempt = 1, at = t0): ExecutionEvent => ({
  type: 'AttemptInterrupted',
  at,
  step: step(id),
  attempt,
})
export const ignored = (
  id: string,
  reason: string,
  outcome: 'succeeded' | 'failed' = 'succeeded',
  attempt = 1,
): ExecutionEvent => ({ type: 'AttemptIgnored', at: t0, step: step(id), attempt, outcome, reason })
export const delayed = (id: string, until: number, at = t0): ExecutionEvent => ({
  type: 'DelayStarted',
  at,
  step: step(id),
  until,
})
export const done = (id: string, output: unknown, more: Partially<'StepSucceeded'> = {}): ExecutionEvent => ({
  type: 'StepSucceeded',
  at: t0,
  step: step(id),
  ports: ['out'],
  output,
  ...more,
})
/** What `make(id)` puts out, also inside a container. */
export const made = (id: string, more: Partially<'StepSucceeded'> = {}): ExecutionEvent =>
  done(id, { value: nodeOf(step(id)) }, more)
export const stepFailed = (id: string, failure: Failure, more: Partially<'StepFailed'> = {}): ExecutionEvent => ({
  type: 'StepFailed',
  at: t0,
  step: step(id),
  failure,
  handled: 'fail',
  ports: [],
  ...more,
})
export const stepCancelled = (id: string, at = t0): ExecutionEvent => ({ type: 'StepCancelled', at, step: step(id) })
/** The execution succeeds with the body of the answer at a position. */
export const answered = (position: number): ExecutionEvent => ({
  type: 'ExecutionSucceeded',
  at: t0,
  output: { shape: 'answer', position },
})
export const succeeded = (from: string | readonly string[] | null, at = t0): ExecutionEvent => ({
  type: 'ExecutionSucceeded',
  at,
  output:
    from === null
      ? { shape: 'none' }
      : typeof from === 'string'
        ? { shape: 'step', step: step(from) }
        : { shape: 'steps', steps: from.map(step) },
})
export const executionFailed = ({ code, message }: Failure, id?: string, at = t0): ExecutionEvent => ({
  type: 'ExecutionFailed',
  at,
  failure: { code, message },
  ...(id === undefined ? {} : { step: step(id) }),
})
export const cancelled = (at = t0): ExecutionEvent => ({
  type: 'ExecutionCancelled',
  at,
  reason: 'not needed any more',
})

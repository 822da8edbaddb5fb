import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'

import { Issue, type ProblemKind } from '../../gate/problem-kinds.ts'
import { problemSet } from '../../gate/problem-set.ts'
import { ExecutionStatus } from '../../schemas/api/executions.ts'
import { SettledWait } from '../../schemas/api/linked-wait.ts'
import { GraphProblem } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { RejectionReason } from '../objects/execution.ts'
import { isStorageFault } from '../objects/storage-fault.ts'

/** Every refusal of the runtime's own. */
const problemKinds = {
  json_too_deep: { status: 400, title: 'The JSON nests too deep.', detail: `Send at most ${limits.jsonDepth} levels.` },
  delivery_refused: {
    status: 401,
    title: 'The request does not prove its sender.',
    detail: 'Sign it as the hook asks. The owner of the hook sees the reason among its deliveries.',
  },
  foreign_page: {
    status: 403,
    title: 'A page of another site sent this answer.',
    detail: 'Open the link itself and answer there.',
  },
  not_running: {
    status: 409,
    title: 'The execution has already ended.',
    detail: 'Nothing was changed. Retry it at its failed step, if it failed, or start a new execution.',
    also: { executionStatus: ExecutionStatus },
  },
  not_failed: {
    status: 409,
    title: 'Only an execution that has failed can be retried.',
    detail: 'Wait until it has ended, or start a new execution.',
    also: { executionStatus: ExecutionStatus },
  },
  computes_the_same: {
    status: 409,
    title: 'What failed only computes: it would fail in the same way again.',
    detail: 'Mend the workflow or the input and start a new execution.',
    also: { step: z.string() },
  },
  compensated: {
    status: 409,
    title: 'What the execution did has been undone, or is being undone now.',
    detail: 'Let it end, and start a new execution.',
    also: { executionStatus: ExecutionStatus },
  },
  not_paused: {
    status: 409,
    title: 'The execution is not paused.',
    detail: 'There is nothing to resume. `status` and `waiting` of the execution say what it is doing.',
    also: { executionStatus: ExecutionStatus },
  },
  unknown_steps: {
    status: 409,
    title: 'A crash left open what some steps did, and nobody has said it yet.',
    detail: 'Say it of each of `steps` through `/answer`. With the last one the execution goes on.',
    also: { steps: z.array(z.string()) },
  },
  not_unknown: {
    status: 409,
    title: 'Nothing is open about what this step did.',
    detail: 'Answer only the steps that the execution lists under `unknown`.',
    also: { step: z.string() },
  },
  not_waiting: {
    status: 409,
    title: 'The step does not wait for this.',
    detail: 'The execution lists under `waiting` what its steps wait for. Try again when this one is there.',
    also: { step: z.string() },
  },
  too_many_signals: {
    status: 409,
    title: 'The execution has as many signals as it keeps.',
    detail: 'Send it again when steps have taken some of those that wait, or in a new execution.',
    also: { limit: z.int() },
  },
  quarantined: {
    status: 409,
    title: 'The log of this execution did not verify.',
    detail: 'Nothing can be changed in it. Read what is sound of it through `/events`, and start a new execution.',
    also: { executionStatus: ExecutionStatus },
  },
  no_manual_trigger: {
    status: 409,
    title: 'The workflow has no manual trigger.',
    detail: 'Add a manual start and publish again, or start it in a way that its triggers take.',
  },
  answered_late: {
    status: 410,
    title: 'The step waits for no answer any more.',
    detail: 'Nothing was changed. `settled` says what has happened to it.',
    also: { executionStatus: ExecutionStatus, settled: SettledWait.nullable() },
  },
  json_too_large: {
    status: 413,
    title: 'The body is too large once it is written as JSON.',
    detail: `Send what takes at most ${limits.triggerChars} characters so: numbers and escapes may become longer than they were sent.`,
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body is neither a form nor JSON.',
    detail: 'Send `application/json`, or the form of the page.',
  },
  input_invalid: {
    status: 422,
    title: 'The input does not match the schema of the trigger.',
    detail: 'Mend what `issues` names.',
    also: { issues: z.array(Issue) },
  },
  form_mismatch: {
    status: 422,
    title: 'The data does not fit what the step asks for.',
    detail: 'Mend what `issues` names.',
    also: { issues: z.array(Issue) },
  },
  delivery_unusable: {
    status: 422,
    title: 'The hook could not make sense of this request.',
    detail: 'Its filter or dedupe key failed on it. The owner of the hook sees the reason among its deliveries.',
  },
  graph_invalid: {
    status: 422,
    title: 'The graph cannot be published as it is.',
    detail: 'Mend what `problems` names.',
    also: { problems: z.array(GraphProblem) },
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key was used with another input.',
    detail: 'Send a new key with a new input.',
    also: { executionId: z.string() },
  },
  event_id_reused: {
    status: 422,
    title: 'This id was used for another event.',
    detail: 'Send a new id with a new event.',
    also: { eventId: z.string() },
  },
  upgrade_required: {
    status: 426,
    title: 'The stream is a WebSocket.',
    detail: 'Open it with a WebSocket client, or page through `/events`.',
  },
  execution_failed: {
    status: 500,
    title: 'The workflow failed before it answered.',
    detail: 'Its owner sees why under the execution id.',
    also: { executionId: z.string() },
  },
  storage_unavailable: {
    status: 503,
    title: 'The storage of the server does not answer.',
    detail: 'What was asked for was not done. Try again in a few seconds.',
  },
  too_many_events: {
    status: 503,
    title: 'Too many events are still on their way.',
    detail: 'Nothing was kept. Send it again later.',
  },
} as const satisfies Record<string, ProblemKind>

export const { Refusal, answer, documented, refuseInvalid } = problemSet(problemKinds)

/** What each rejection of an execution becomes. A new one does not compile without an entry. */
export const codeOf = {
  already_started: 'not_running',
  not_running: 'not_running',
  not_failed: 'not_failed',
  computes_the_same: 'computes_the_same',
  compensated: 'compensated',
  not_paused: 'not_paused',
  unknown_steps: 'unknown_steps',
  not_unknown: 'not_unknown',
  too_many_signals: 'too_many_signals',
  not_waiting: 'not_waiting',
  form_mismatch: 'form_mismatch',
  quarantined: 'quarantined',
} as const satisfies Record<RejectionReason, keyof typeof problemKinds>

/** The one place where an error becomes an answer. */
export function answerError(error: Error, c: Context): Response {
  if (error instanceof Refusal) return answer(error, c)
  if (error instanceof HTTPException && error.status === 400) return answer(new Refusal('malformed_json'), c)
  // The object whose storage it is has told the operator.
  if (isStorageFault(error)) return answer(new Refusal('storage_unavailable'), c)
  console.error(error)
  return answer(new Refusal('internal'), c)
}

import { z } from 'zod'

import type { EventOf, Failure, StepRequest } from '../../schemas/execution-events.ts'
import type { Node, StepKey } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import { eventAt } from './bodies.ts'
import type { Reading } from './scope.ts'
import type { Started } from './state.ts'
import { isBatch, nodeOf, undoingBatch } from './step-key.ts'
import { topologyOf } from './topology.ts'

/** Whether the step, a run of the node, is over only when the execution that it starts has ended. */
export const waitsForItsChild = (step: StepKey, { kind, config }: Node): boolean =>
  (kind === 'workflow' && config['wait'] !== false) || isBatch(step)

/** What the attempt that starts a child gives. */
const StartedChild = z.object({ workflowId: z.string(), executionId: z.string(), version: z.int().min(1) })
export type StartedChild = z.infer<typeof StartedChild>

export const startedChild = (output: unknown): StartedChild => StartedChild.parse(output)

/**
 * What the child of a step is found by: the same for every attempt at one request, so that however
 * often it is started it is one. A step that begins anew after a retry records a request of its own.
 * What is asked of a batch that has begun names the child that works on it.
 */
export function childKey({ idempotencyKey, attempt, request }: EventOf<'AttemptStarted'>): string {
  if (request !== undefined && asksBatch(request)) {
    const { child } = request.config
    assert(typeof child === 'string', 'what is asked of a batch names its child')
    return child
  }
  return attempt === 1 ? idempotencyKey : `${idempotencyKey}~${attempt}`
}

/** Whether a request is for a child that has begun: to go on after a retry, or to undo what it did. */
export const asksBatch = ({ kind }: StepRequest): boolean => kind === 'retry' || kind === 'undo'

/** The step that waits for a child: one that undoes a batch waits for the end of the child that the batch started. */
export function stepOfChild({ steps }: Started, startedBy: StepKey): StepKey {
  const undoing = isBatch(startedBy) ? undoingBatch(startedBy) : startedBy
  return steps.has(undoing) ? undoing : startedBy
}

/** Whether a fail step ended a batch, in it or in a batch of it. */
export function endedByFailStep({ state, read }: Reading): boolean {
  const { batch, failedStep, graph, steps } = state
  if (batch === null || failedStep === null) return false
  if (!isBatch(failedStep)) return topologyOf(graph).node(nodeOf(failedStep)).kind === 'fail'
  const current = steps.get(failedStep)
  assert(current?.status === 'failed', `${failedStep} ended the execution`)
  const { failure } = eventAt({ read }, current.overAt, 'StepFailed')
  return ByFailStep.safeParse(failure.details).success
}

const ByFailStep = z.object({ byFailStep: z.literal(true) })

/** Steps of a batch that its parent can still have undone. */
export function undoableCount({ batch, compensation, undoable }: Started): number {
  let count = 0
  if (batch === null || compensation !== null) return count
  // A batch of it that was left before it said how many may have done something.
  for (let at = undoable; at !== null; at = at.older) count += at.batch?.undoable ?? 1
  return count
}

/** Whether a failure trigger started this execution or one above it. */
export const handlesFailure = ({ parent, graph, triggerNode }: Started): boolean =>
  parent?.isOfFailure === true || topologyOf(graph).node(triggerNode).kind === 'failure'

/** Whether failure triggers start when it has failed: not when its parent waits for it and says so, nor when it came of a failure itself. */
export const raisesFailure = (state: Started): boolean =>
  state.status === 'failed' && state.parent?.isAwaited !== true && !handlesFailure(state)

/** Whether a step that failed so can have started a child all the same: its start was asked for, and nobody said no. */
export const mayHaveStarted = ({ code }: Failure): boolean => !refusals.has(code)

const refusals: ReadonlySet<string> = new Set([
  'workflow_not_found',
  'version_not_found',
  'no_manual_trigger',
  'input_invalid',
  'child_too_deep',
])

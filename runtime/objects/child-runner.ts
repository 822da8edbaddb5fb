import type { ParentWish } from '../../schemas/execution-commands.ts'
import type { EventOf } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { batchOf } from '../engine/batch.ts'
import { childKey, handlesFailure, waitsForItsChild } from '../engine/child.ts'
import { assert, nodeOf, type Read, type Started } from '../engine/index.ts'
import { topologyOf } from '../engine/topology.ts'
import type { AttemptOutcome, StepRunner } from '../steps/step-runner.ts'
import type { ExecutionPorts } from './execution-ports.ts'
import { faultOf } from './fault.ts'
import type { ChildAnswer, ChildStart, Relatives } from './relatives.ts'

type Ports = Pick<ExecutionPorts, 'relatives' | 'sleep'>

/**
 * Runs the attempts of a step that starts a child, or asks more of it; null for any other. The child's
 * key is that of the attempt with which its request was recorded, so that an attempt that is made again
 * finds the child that was started, and a step that begins anew after a retry starts another one.
 */
export function childRunner(
  first: EventOf<'AttemptStarted'>,
  state: Started,
  read: Read,
  { relatives, sleep }: Ports,
): StepRunner | null {
  const ask = callFor(first, state, read, relatives)
  if (ask === null) return null
  return async ({ timeoutMs }, signal) => {
    const isOver = new AbortController()
    try {
      return await Promise.race([
        ask(),
        sleep(timeoutMs, AbortSignal.any([isOver.signal, signal])).then(() => late(timeoutMs)),
      ])
    } catch (error) {
      const message = `the execution was not reached: ${faultOf(error)}`
      return { ok: false, failure: { code: 'child_not_reached', message }, retryable: true }
    } finally {
      isOver.abort()
    }
  }
}

function callFor(
  first: EventOf<'AttemptStarted'>,
  state: Started,
  read: Read,
  relatives: Relatives,
): (() => Promise<AttemptOutcome>) | null {
  const key = childKey(first)
  const wish = wishOf(first, state)
  if (wish !== null) {
    const current = state.steps.get(first.step)
    assert(current !== undefined && 'requestAt' in current, `step ${first.step} has a request`)
    return () => relatives.askBatch(key, { notedAt: current.requestAt, wish }).then(outcomeOf)
  }
  const child = childStart(first, state, read)
  if (child === null) return null
  if (child.parent.depth > limits.childDepth) return async () => tooDeep
  return () => relatives.startChild(key, child).then(outcomeOf)
}

/** What is asked of a batch that has begun; null for a child that is to begin. */
function wishOf({ request }: EventOf<'AttemptStarted'>, { executionId }: Started): ParentWish | null {
  if (request?.kind === 'retry') return { notice: 'retry' }
  return request?.kind === 'undo' ? { notice: 'undo', reason: `execution ${executionId} is undone` } : null
}

function childStart({ step, request }: EventOf<'AttemptStarted'>, state: Started, read: Read): ChildStart | null {
  const { executionId, workflowId, version, triggerNode } = state
  const parent: ChildStart['parent'] = {
    executionId,
    step,
    depth: (state.parent?.depth ?? 0) + 1,
    isAwaited: waitsForItsChild(step, topologyOf(state.graph).node(nodeOf(step))),
    isOfFailure: handlesFailure(state),
  }
  if (request?.kind === 'batch') {
    return { workflowId, version, parent, work: { type: 'batch', ...batchOf(state, read, step), triggerNode } }
  }
  if (request?.kind !== 'workflow') return null
  const { workflowId: target, version: pinned, input = null } = request.config
  assert(typeof target === 'string', 'a workflow step names a workflow')
  return {
    workflowId: target,
    ...(typeof pinned === 'number' ? { version: pinned } : {}),
    parent,
    work: { type: 'input', input },
  }
}

function outcomeOf(answer: ChildAnswer | null): AttemptOutcome {
  if (answer === null) return { ok: true, output: null }
  if (!answer.ok) return { ok: false, failure: answer.failure, retryable: false }
  const { ok: _, ...output } = answer
  return { ok: true, output }
}

const late = (timeoutMs: number): AttemptOutcome => ({
  ok: false,
  failure: { code: 'timeout', message: `the execution gave no answer within ${timeoutMs} ms` },
  retryable: true,
})

const tooDeep: AttemptOutcome = {
  ok: false,
  failure: {
    code: 'child_too_deep',
    message: `${limits.childDepth} executions stand above this one already, and no more may: look for a workflow that starts itself`,
  },
  retryable: false,
}

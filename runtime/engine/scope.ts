import type { Node, NodeId } from '../../schemas/graph.ts'
import type { Scope } from '../expression/index.ts'
import { assert } from './assert.ts'
import type { CompiledNode } from './program.ts'
import { stepOf } from './step-key.ts'
import { sourcesOf } from './taken-edges.ts'
import type { Turn } from './turn.ts'

/** What a node's texts may read, with the bodies that they name and no others. */
export function scopeOf(turn: Turn, reads: CompiledNode['reads']): Scope {
  const { executionId, workflowId, version, startedAt, graph } = turn.state
  const steps: Record<string, unknown> = {}
  for (const id of reads.steps) {
    const result = resultOf(turn, id)
    if (result !== undefined) steps[id] = result
  }
  return {
    ...(reads.trigger ? { trigger: triggerOf(turn) } : {}),
    steps,
    execution: { id: executionId, startedAt },
    workflow: { id: workflowId, version, name: graph.name },
  }
}

/** The data a node works on when it names none: the output of the one step that led to it; with several, an object by their ids. */
export function inputOf(turn: Turn, node: Node): unknown {
  const ids = sourcesOf(turn.state, node)
  const [only] = ids
  if (ids.length === 1 && only !== undefined) return resultOf(turn, only)?.output ?? null
  return Object.fromEntries(ids.map((id) => [id, resultOf(turn, id)?.output ?? null]))
}

/** What a step left behind: its output, or its error when it failed and the execution went on; nothing while it has not ended. */
function resultOf(turn: Turn, id: NodeId): { readonly output?: unknown; readonly error?: unknown } | undefined {
  const step = turn.state.steps.get(stepOf(id))
  if (step?.status === 'succeeded') return { output: outputAt(turn, step.outputAt) }
  if (step?.status !== 'failed') return undefined
  const event = turn.read(step.failedAt)
  assert(event.type === 'StepFailed', `position ${step.failedAt} holds the failure of ${id}`)
  return { error: event.failure }
}

function outputAt(turn: Turn, position: number): unknown {
  if (position === 1) return triggerOf(turn)
  const event = turn.read(position)
  assert(event.type === 'StepSucceeded', `position ${position} holds an output`)
  return event.output
}

function triggerOf(turn: Turn): unknown {
  const event = turn.read(1)
  assert(event.type === 'ExecutionStarted', 'a log begins with ExecutionStarted')
  return event.trigger
}

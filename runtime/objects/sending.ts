import type { EventOf, StepRequest } from '../../schemas/execution-events.ts'
import type { Node } from '../../schemas/graph.ts'
import { assert, nodeOf, type Read, type Started } from '../engine/index.ts'
import { topologyOf } from '../engine/topology.ts'
import type { StepRunner } from '../steps/step-runner.ts'
import { childRunner } from './child-runner.ts'
import type { ExecutionPorts } from './execution-ports.ts'

/** What an attempt that has begun sends, and by what. */
export type Sending = {
  readonly node: Node
  readonly request: StepRequest
  /** Undefined for a kind that does not act. */
  readonly runner: StepRunner | undefined
}

export function sendingOf(
  { step }: EventOf<'AttemptStarted'>,
  state: Started,
  read: Read,
  ports: Pick<ExecutionPorts, 'relatives' | 'sleep' | 'runner'>,
): Sending {
  const current = state.steps.get(step)
  assert(current !== undefined && 'requestAt' in current, `step ${step} has a request`)
  const first = read(current.requestAt)
  assert(first.type === 'AttemptStarted' && first.request !== undefined, 'the first attempt records its request')
  return {
    node: topologyOf(state.graph).node(nodeOf(step)),
    request: first.request,
    runner: childRunner(first, state, read, ports) ?? ports.runner(first.request.kind),
  }
}

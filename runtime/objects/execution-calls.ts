import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { NodeId } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { Execution, RejectionReason } from './execution.ts'
import { internedGraph } from './interned-graphs.ts'
import type { PokeAnswer, StartAnswer, StartRequest, Wait } from './start.ts'

export type CancelAnswer =
  | { readonly found: false }
  | { readonly found: true; readonly rejection: RejectionReason | null; readonly status: string }

/** Records the start and, with `wait`, holds the caller until the milestone or the end of its patience. */
export async function start(
  execution: Execution,
  { graph, triggerNode, ...request }: StartRequest,
  wait: Wait | null,
  now: EpochMs,
): Promise<StartAnswer> {
  const result = execution.handle({
    type: 'StartExecution',
    now,
    executionId: execution.id,
    ...request,
    graph: internedGraph(request.contentHash, graph),
    triggerNode: triggerNode as NodeId,
  })
  const isReached = wait !== null && (await execution.reachedWithin(wait.milestone, wait.ms))
  const report = execution.reportToCaller()
  return { isNew: result.ok, report, outcome: isReached ? execution.outcome() : null }
}

/** What a person asks of an execution that is there. */
export function instruct(execution: Execution, command: ExecutionCommand): CancelAnswer {
  if (!execution.isKnown) return { found: false }
  const result = execution.handle(command)
  return {
    found: true,
    rejection: result.ok ? null : result.rejection.reason,
    status: execution.report()?.status ?? 'quarantined',
  }
}

/** Asked by the workflow object's sweep: what an execution that should have been heard of is doing. Wakes it, too. */
export function poke(execution: Execution): PokeAnswer {
  execution.wake()
  const report = execution.report()
  if (report !== null) return { type: 'report', report }
  return execution.quarantine === null ? { type: 'not_started' } : { type: 'unreadable', message: execution.quarantine }
}

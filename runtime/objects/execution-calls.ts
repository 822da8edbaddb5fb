import type { ExecutionReport } from '../../schemas/api/executions.ts'
import type { WhyAnswer } from '../../schemas/api/why.ts'
import type { CommandOf, ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { NodeId, StepKey } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { undoPlan } from '../engine/undo-plan.ts'
import { whyExecution, whyStep } from '../engine/why.ts'
import { type CommandAnswer, settledOf, type UndoPlanAnswer } from './command-answer.ts'
import type { Execution } from './execution.ts'
import { callerResponse, executionResult } from './execution-view.ts'
import { internedGraph } from './interned-graphs.ts'
import type { Outcome, PokeAnswer, StartAnswer, StartRequest, Wait } from './start.ts'

/** Records the start and, with `wait`, holds the caller until the milestone or the end of its patience. */
export async function start(
  execution: Execution,
  { graph, triggerNode, ...request }: StartRequest,
  wait: Wait | null,
  now: EpochMs,
): Promise<StartAnswer> {
  if (execution.neverBegins)
    return { isNew: false, report: cancelledBefore(execution.id, request, triggerNode, now), outcome: null }
  const result = execution.handle({
    type: 'StartExecution',
    now,
    executionId: execution.id,
    ...request,
    graph: internedGraph(request.contentHash, graph),
    triggerNode: triggerNode as NodeId,
  })
  const isReached = wait !== null && (await execution.reachedWithin(wait.milestone, wait.ms))
  const report = execution.reportToCaller() ?? unreadable(execution, request, triggerNode, now)
  return { isNew: result.ok, report, outcome: isReached ? outcomeOf(execution) : null }
}

/** Of a child whose parent wanted it no longer when its start came. */
const cancelledBefore = (
  id: string,
  { workflowId, version }: Pick<StartRequest, 'workflowId' | 'version'>,
  triggerNode: string,
  now: EpochMs,
): ExecutionReport => ({
  id,
  workflowId,
  version,
  status: 'cancelled',
  triggerNode,
  startedAt: now,
  endedAt: now,
  position: 1,
})

/** Of an execution of whose log not even the beginning can be read. Whatever the index knows of it is newer. */
const unreadable = (
  { id, quarantine }: Execution,
  { workflowId, version }: Pick<StartRequest, 'workflowId' | 'version'>,
  triggerNode: string,
  startedAt: EpochMs,
): ExecutionReport => ({
  id,
  workflowId,
  version,
  status: 'quarantined',
  triggerNode,
  startedAt,
  error: { code: 'quarantined', message: quarantine ?? '' },
  position: 0,
})

/** For a caller that waited; null when nothing was ever started here. */
export function outcomeOf(execution: Execution): Outcome | null {
  const outcome = execution.inspect((state, read) => ({
    ...executionResult(state, read),
    response: callerResponse(state, read),
  }))
  if (outcome !== null) return outcome
  // What cannot be read is what the view then says.
  const view = execution.view()
  if (view === null) return null
  const { status, error } = view
  return { status, ...(error === undefined ? {} : { error }), response: null }
}

/** What a person wants of an execution that is there. */
export function instruct(execution: Execution, command: ExecutionCommand): CommandAnswer {
  if (!execution.isKnown) return { type: 'not_found' }
  const result = execution.handle(command)
  const status = execution.report()?.status ?? 'quarantined'
  const step = 'step' in command ? command.step : null
  if (!result.ok) return { type: 'rejected', rejection: result.rejection, status, settled: settled(execution, step) }
  const { events } = result
  if (events.some(({ type }) => type === 'AnswerIgnored')) {
    return { type: 'late', status, settled: settled(execution, step) }
  }
  return { type: 'done', status, isTaken: isTaken(events), isRepeated: events.length === 0 }
}

/**
 * Goes on with an execution that failed. Its index has done with it: first that must mean to ask again,
 * or the list would stay as it is when the reports are lost. Throws when the index cannot be told.
 */
export async function retry(
  execution: Execution,
  expect: (workflowId: string, executionId: string) => Promise<void>,
  now: () => EpochMs,
): Promise<CommandAnswer> {
  const { state } = execution
  if (state?.status === 'failed') await expect(state.workflowId, state.executionId)
  return instruct(execution, { type: 'RetryExecution', now: now() })
}

/** Null when nothing was ever started here, when nothing of it can be read, and when it has no such step. */
export function whyOf(execution: Execution, step: StepKey | null): WhyAnswer | null {
  return execution.inspect((state, read) => {
    const reasons = step === null ? whyExecution(state, read) : whyStep(state, read, step)
    return reasons === null ? null : { executionId: state.executionId, position: state.position, reasons }
  })
}

/** What a cancel would undo now. Nothing is recorded. */
export function planUndo(execution: Execution, now: EpochMs): UndoPlanAnswer {
  if (!execution.isKnown) return { type: 'not_found' }
  const plan = execution.inspect((state, read) => undoPlan(state, read, now))
  const status = execution.report()?.status ?? 'quarantined'
  if (plan?.ok) return { type: 'planned', status, steps: plan.steps }
  const rejection = plan?.rejection ?? { reason: 'quarantined' as const, message: execution.quarantine ?? '' }
  return { type: 'rejected', rejection, status, settled: null }
}

type Answer = CommandOf<
  'SendSignal' | 'DecideApproval' | 'AnswerCallback' | 'AnswerUnknown' | 'ResumeExecution' | 'EndChild'
>

/**
 * What somebody tells an execution that waits. What was due before is fired first: an answer that
 * comes at the last moment or after it is late, however late the alarm is.
 */
export function tell(execution: Execution, command: Answer): CommandAnswer {
  execution.wake()
  return instruct(execution, command)
}

/** Asked by the workflow object's sweep: what an execution that should have been heard of is doing. Wakes it, too. */
export function poke(execution: Execution): PokeAnswer {
  execution.wake()
  const report = execution.report()
  if (report !== null) return { type: 'report', report }
  return execution.quarantine === null ? { type: 'not_started' } : { type: 'unreadable', message: execution.quarantine }
}

const settled = ({ state }: Execution, step: StepKey | null) =>
  state === null || step === null ? null : settledOf(state, step)

/** Whether a step goes on with what was sent: what nobody takes yet is kept, in an event of its own. */
function isTaken([first, second]: readonly ExecutionEvent[]): boolean {
  if (first?.type === 'CallbackReceived') return false
  return first?.type !== 'SignalReceived' || second?.type === 'StepSucceeded'
}

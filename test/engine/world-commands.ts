import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { EventOf } from '../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'
import { t0 } from '../support/events.ts'
import {
  againMs,
  type Behaviour,
  type ChildEnd,
  type Intervention,
  type Verdict,
  type WaitAnswer,
} from './generated-world.ts'

type At<Command> = { readonly at: number; readonly command: Command }
type Attempt = { readonly step: StepKey; readonly attempt: number; readonly now: number; readonly graph: Graph }

/** What the world says of an attempt. */
export function answerOf(
  { does, retryAfterMs }: Behaviour,
  { step, attempt, now, graph }: Attempt,
): ExecutionCommand | 'crash' {
  if (does === 'crash') return 'crash'
  if (does === 'succeed' || does === 'answer late') {
    const isStart = graph.nodes.some(({ id, kind }) => kind === 'workflow' && id === step.split('@')[0])
    const output = isStart ? startedChild(step, attempt) : { body: `${step} ${attempt}` }
    return { type: 'SucceedAttempt', now, step, attempt, output }
  }
  const failure = { code: 'http_503', message: 'busy', details: { status: 503 } }
  const notBefore = retryAfterMs === 0 ? {} : { notBefore: now + retryAfterMs }
  return { type: 'FailAttempt', now, chance: 0.5, step, attempt, failure, retryable: does === 'fail', ...notBefore }
}

/** What the attempt gives that starts a child. */
export const startedChild = (step: string, attempt: number) => ({
  workflowId: 'shipping',
  executionId: `child of ${step} ${attempt}`,
  version: 1,
})

/** What people and other systems answer to a wait that has begun. */
export function answersOf(
  { step, at, for: what }: EventOf<'WaitStarted'>,
  { does, afterMs }: WaitAnswer,
): At<ExecutionCommand>[] {
  if (does === 'nothing' || what === 'signal') return []
  const times = does === 'twice' ? [at + afterMs, at + afterMs + againMs] : [at + afterMs]
  return times.map((now) => ({
    at: now,
    command:
      what === 'callback'
        ? { type: 'AnswerCallback', now, step, data: { called: step } }
        : { type: 'DecideApproval', now, step, decision: does === 'no' ? 'rejected' : 'approved', data: { by: step } },
  }))
}

export function endOfChild(
  { step, at, executionId }: EventOf<'ChildStarted'>,
  { status, afterMs }: ChildEnd,
): At<ExecutionCommand> {
  const now = at + afterMs
  const failure = { code: `child_${status}`, message: 'it did not work' }
  const result = status === 'succeeded' ? { status, output: { ended: executionId } } : { status, failure }
  return { at: now, command: { type: 'EndChild', now, step, executionId, result } }
}

export function verdictOn(
  { step, at }: EventOf<'StepUnknown'>,
  { outcome, afterMs, isTwice }: Verdict,
): At<ExecutionCommand>[] {
  const answer =
    outcome === 'succeeded'
      ? { outcome, output: { said: step } }
      : outcome === 'failed'
        ? { outcome, message: 'it did nothing' }
        : { outcome }
  const times = isTwice ? [at + afterMs, at + afterMs + againMs] : [at + afterMs]
  return times.map((now) => ({ at: now, command: { type: 'AnswerUnknown', now, step, answer } }))
}

/** What others do to the execution. */
export function interventionAt(intervention: Intervention): At<ExecutionCommand | 'crash of all'>[] {
  const { does, atMs } = intervention
  const at = t0 + atMs
  const now = at
  if (does === 'crash') return [{ at, command: 'crash of all' }]
  if (does === 'signal') {
    const { name, data, id } = intervention
    return [{ at, command: { type: 'SendSignal', now, name, data, ...(id === undefined ? {} : { id }) } }]
  }
  if (does === 'callback') {
    const step = intervention.step as StepKey
    return [{ at, command: { type: 'AnswerCallback', now, step, data: { early: step } } }]
  }
  if (does === 'cancel') {
    const { compensate, isTwice } = intervention
    const times = isTwice ? [at, at + againMs] : [at]
    return times.map((moment) => ({
      at: moment,
      command: { type: 'CancelExecution', now: moment, reason: 'not needed any more', compensate },
    }))
  }
  if (does === 'parent') {
    const { notedAt, wish } = intervention
    return [{ at, command: { type: 'HearParent', now, notedAt, wish } }]
  }
  const until = at + intervention.forMs
  return [
    { at, command: { type: 'PauseExecution', now, timers: intervention.timers } },
    { at: until, command: { type: 'ResumeExecution', now: until } },
  ]
}

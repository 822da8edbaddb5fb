import type { ChildResult, CommandOf } from '../../schemas/execution-commands.ts'
import type { Failure } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { advance } from './advance.ts'
import { assert } from './assert.ts'
import { eventAt } from './bodies.ts'
import { asksBatch, stepOfChild } from './child.ts'
import type { Rejection } from './decision.ts'
import { failStep } from './fail.ts'
import { fromJsonSchema } from './json-schema.ts'
import { jsonBytes, outputFailure } from './output-size.ts'
import { isPossible } from './possible-step.ts'
import type { Started, StepState } from './state.ts'
import { nodeOf, rootScope, scopeOf, undoneBatch } from './step-key.ts'
import type { Turn } from './turn.ts'
import { receiveSignal, takerOf } from './waits.ts'

/** Gives a signal to the step that waited for it first, or keeps it. One that came before changes nothing. */
export function sendSignal(turn: Turn, signal: CommandOf<'SendSignal'>): Rejection | null {
  const { signals, signalIds } = turn.state
  const { id } = signal
  if (id !== undefined && signalIds.has(id)) return null
  const bytes = jsonBytes(signal.data)
  if (bytes > limits.signalBytes) {
    return unfit(`a signal has at most ${limits.signalBytes} bytes of JSON, and this one has ${bytes}`)
  }
  if (id !== undefined && signalIds.size >= limits.signalIds) {
    return { reason: 'too_many_signals', limit: limits.signalIds }
  }
  const taker = takerOf(turn, signal)
  const kept = [...signals.values()].reduce((count, positions) => count + positions.length, 0)
  if (taker.step === null && kept >= limits.signalsKept) {
    return { reason: 'too_many_signals', limit: limits.signalsKept }
  }
  receiveSignal(turn, signal, taker)
  advance(turn)
  return null
}

/** Takes a person's decision. One that comes too late is recorded and changes nothing. */
export function decideApproval(turn: Turn, { step, decision, data }: CommandOf<'DecideApproval'>): Rejection | null {
  const wait = waitFor(turn.state, step, 'approval')
  if (wait === 'none' || wait === 'to_come') return { reason: 'not_waiting', step }
  if (wait === 'over') return ignoreAnswer(turn, step)
  const { form } = eventAt(turn, wait.openedAt, 'WaitStarted')
  // Whoever says no owes no answers to what would have been asked for a yes.
  const checked = form === undefined || decision === 'rejected' ? null : fromJsonSchema(form).safeParse(data)
  if (checked?.success === false) {
    const issues = checked.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
    return { reason: 'form_mismatch', issues }
  }
  const output = { decision, data }
  const failure = outputFailure(output)
  if (failure !== null) return unfit(failure.message)
  turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: [decision], output })
  advance(turn)
  return null
}

/** Takes a callback, also before its step has begun to wait. */
export function answerCallback(turn: Turn, { step, data }: CommandOf<'AnswerCallback'>): Rejection | null {
  const wait = waitFor(turn.state, step, 'callback')
  if (wait === 'none') return { reason: 'not_waiting', step }
  if (wait === 'over') return ignoreAnswer(turn, step)
  const failure = outputFailure(data)
  if (failure !== null) return unfit(failure.message)
  if (wait !== 'to_come') {
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output: data })
    advance(turn)
  } else if (turn.state.callbacks.has(step)) {
    turn.record({ type: 'AnswerIgnored', at: turn.at, step, reason: 'an earlier one is kept for the step' })
  } else turn.record({ type: 'CallbackReceived', at: turn.at, step, data })
  return null
}

/** Records what a person says that an attempt did which a crash left open. */
export function answerUnknown(turn: Turn, { step, answer }: CommandOf<'AnswerUnknown'>): Rejection | null {
  const current = turn.state.steps.get(step)
  if (current?.status !== 'unknown') return { reason: 'not_unknown', step }
  const { attempt } = current
  turn.record({ type: 'UnknownAnswered', at: turn.at, step, answer: answer.outcome })
  if (answer.outcome === 'succeeded') {
    const { output } = answer
    const failure = outputFailure(output)
    if (failure === null) turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output, attempt })
    else failStep(turn, step, failure)
  } else if (answer.outcome === 'failed') failStep(turn, step, { code: 'failed_by_hand', message: answer.message })
  return null
}

/** Takes the end of a child. Told twice, it is recorded once; told before the child's start is recorded, it is to be told again. */
export function endChild(turn: Turn, ended: CommandOf<'EndChild'>): Rejection | null {
  const { executionId, result } = ended
  const step = stepOfChild(turn.state, ended.step)
  const current = turn.state.steps.get(step)
  if (current !== undefined && 'requestAt' in current && current.status !== 'child') {
    return { reason: 'not_waiting', step }
  }
  if (current?.status !== 'child' || current.executionId !== executionId) return null
  if (isOfBefore(turn, current.requestAt, ended)) return null
  const { attempt } = current
  // A batch that is undone ends as it is told to, whatever came of it.
  const isUndone = undoneBatch(step) !== null && result.status !== 'quarantined'
  const failure = isUndone ? null : failureOf(result)
  const { undoable = 0, byFailStep = false } = ended
  if (failure !== null) {
    const details = { executionId, status: result.status, ...(byFailStep ? { byFailStep } : {}) }
    failStep(turn, step, { ...failure, details }, { undoable, ends: byFailStep })
  } else {
    const output = result.status === 'succeeded' ? result.output : null
    const left = undoable === 0 ? {} : { undoable }
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output, attempt, ...left })
  }
  advance(turn)
  return null
}

/** Whether the end is of the time before the child heard what it was asked for last. */
function isOfBefore(turn: Turn, requestAt: number, { heardAt = requestAt }: CommandOf<'EndChild'>): boolean {
  const { request } = eventAt(turn, requestAt, 'AttemptStarted')
  assert(request !== undefined, 'the first attempt records its request')
  return asksBatch(request) && heardAt < requestAt
}

const failureOf = (result: ChildResult): Failure | null =>
  result.status === 'succeeded' ? outputFailure(result.output) : result.failure

const unfit = (message: string): Rejection => ({ reason: 'form_mismatch', issues: [{ path: '', message }] })

function ignoreAnswer(turn: Turn, step: StepKey): null {
  const status = turn.state.steps.get(step)?.status
  // Also when its iteration is over, and it is forgotten.
  const reason = status === undefined ? 'the step is not under way' : `the step is ${status}`
  turn.record({ type: 'AnswerIgnored', at: turn.at, step, reason })
  return null
}

type Waiting = Extract<StepState, { status: 'waiting' }>

/** The step's wait; or that it is over, may begin later, or waits for no such thing ever. */
function waitFor(state: Started, step: StepKey, what: Waiting['for']): Waiting | 'over' | 'to_come' | 'none' {
  const node = state.graph.nodes.find(({ id }) => id === nodeOf(step))
  if (node?.kind !== 'wait' || node.config['for'] !== what || !isPossible(state, step)) return 'none'
  const current = state.steps.get(step)
  if (current?.status === 'waiting') return current
  const scope = scopeOf(step)
  const isOpen = scope === rootScope || state.scopes.has(scope)
  return current === undefined && isOpen && state.compensation === null ? 'to_come' : 'over'
}

import { z } from 'zod'

import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { advance } from './advance.ts'
import { eventAt } from './bodies.ts'
import type { Rejection } from './decision.ts'
import { failStep } from './fail.ts'
import { outputFailure } from './output-size.ts'
import type { Started, StepState } from './state.ts'
import { nodeOf, rootScope, scopeOf } from './step-key.ts'
import type { Turn } from './turn.ts'
import { receiveSignal } from './waits.ts'

/** Gives a signal to the step that waited for it first, or keeps it. One that came before changes nothing. */
export function sendSignal(turn: Turn, { name, data, id }: CommandOf<'SendSignal'>): Rejection | null {
  const { signals, signalIds } = turn.state
  if (id !== undefined && signalIds.has(id)) return null
  const kept = [...signals.values()].reduce((count, positions) => count + positions.length, 0)
  if (kept >= limits.signalsKept) return { reason: 'too_many_signals', limit: limits.signalsKept }
  if (id !== undefined && signalIds.size >= limits.signalIds)
    return { reason: 'too_many_signals', limit: limits.signalIds }
  const taker = receiveSignal(turn, { name, data, id })
  if (taker !== null) advance(turn, [taker])
  return null
}

/** Takes a person's decision. One that comes too late is recorded and changes nothing. */
export function decideApproval(turn: Turn, { step, decision, data }: CommandOf<'DecideApproval'>): Rejection | null {
  const wait = waitFor(turn.state, step, 'approval')
  if (wait === 'not_yet') return { reason: 'not_waiting', step }
  if (wait === 'over') return ignoreAnswer(turn, step)
  const { form } = eventAt(turn, wait.openedAt, 'WaitStarted')
  // Whoever says no owes no answers to what would have been asked for a yes.
  const checked = form === undefined || decision === 'rejected' ? null : z.fromJSONSchema(form).safeParse(data)
  if (checked?.success === false) {
    const issues = checked.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
    return { reason: 'form_mismatch', issues }
  }
  const unfit = outputFailure(data)
  if (unfit !== null) return { reason: 'form_mismatch', issues: [{ path: '', message: unfit.message }] }
  turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: [decision], output: { decision, data } })
  advance(turn, [step])
  return null
}

/** Takes a callback, also before its step has begun to wait. */
export function answerCallback(turn: Turn, { step, data }: CommandOf<'AnswerCallback'>): Rejection | null {
  const wait = waitFor(turn.state, step, 'callback')
  if (wait === 'over' || turn.state.callbacks.has(step)) return ignoreAnswer(turn, step)
  if (wait === 'not_yet') {
    if (!canBegin(turn.state, step)) return { reason: 'not_waiting', step }
    turn.record({ type: 'CallbackReceived', at: turn.at, step, data })
    return null
  }
  turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output: data })
  advance(turn, [step])
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
    const unfit = outputFailure(output)
    if (unfit === null) turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output, attempt })
    else failStep(turn, step, unfit)
  } else if (answer.outcome === 'failed') failStep(turn, step, { code: 'failed_by_hand', message: answer.message })
  return null
}

/** Takes the end of a child. Told twice, it is recorded once. */
export function endChild(turn: Turn, { step, executionId, result }: CommandOf<'EndChild'>): null {
  const current = turn.state.steps.get(step)
  if (current?.status !== 'child' || current.executionId !== executionId) return null
  const { attempt } = current
  const unfit = result.status === 'succeeded' ? outputFailure(result.output) : result.failure
  if (unfit !== null) failStep(turn, step, { ...unfit, details: { executionId, status: result.status } })
  else if (result.status === 'succeeded') {
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output: result.output, attempt })
  }
  advance(turn, [step])
  return null
}

function ignoreAnswer(turn: Turn, step: StepKey): null {
  const status = turn.state.steps.get(step)?.status
  const reason = status === undefined ? 'the step is over' : `the step is ${status}`
  turn.record({ type: 'AnswerIgnored', at: turn.at, step, reason })
  return null
}

type Waiting = Extract<StepState, { status: 'waiting' }>

/** The step's wait; or that it is over, or has not begun. */
function waitFor(state: Started, step: StepKey, what: Waiting['for']): Waiting | 'over' | 'not_yet' {
  const current = state.steps.get(step)
  if (current?.status === 'waiting' && current.for === what) return current
  if (current !== undefined && 'endedAt' in current) return 'over'
  const scope = scopeOf(step)
  return scope === rootScope || state.scopes.has(scope) ? 'not_yet' : 'over'
}

/** Whether the step is one that may still begin to wait for a callback. */
function canBegin(state: Started, step: StepKey): boolean {
  const node = state.graph.nodes.find(({ id }) => id === nodeOf(step))
  return node?.kind === 'wait' && node.config['for'] === 'callback' && state.compensation === null
}

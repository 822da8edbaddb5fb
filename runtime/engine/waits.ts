import type { RuleDecision } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { assert } from './assert.ts'
import { nodeFor } from './attempt.ts'
import { bodyAt } from './bodies.ts'
import type { Rule } from './node-program.ts'
import { programOf } from './program.ts'
import { newOperandRoom, type OperandRoom, recordedOperands } from './recorded-operands.ts'
import { scopeFor } from './scope.ts'
import type { StepState } from './state.ts'
import { scopeOf } from './step-key.ts'
import type { Turn } from './turn.ts'

type Waiting = Extract<StepState, { status: 'waiting' }>

/** Ends a wait that begins when its answer has come before it. */
export function takeWhatIsThere(turn: Turn, step: StepKey): void {
  const wait = waitOf(turn, step)
  if (wait.for === 'callback') {
    const outputAt = turn.state.callbacks.get(step)
    if (outputAt !== undefined) turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], outputAt })
  }
  if (wait.for !== 'signal') return
  for (const position of turn.state.signals.get(wait.name) ?? []) {
    const rule = judge(turn, step, bodyAt(turn, position))
    if (rule?.result === false) continue
    takeSignal(turn, step, position, rule)
    return
  }
}

type Signal = { readonly name: string; readonly data: unknown; readonly id?: string | undefined }

/** The step that takes a signal, of those that wait for its name the first that it matches; null when it is kept for one that may come. */
type Taker = {
  readonly step: StepKey | null
  readonly rule: RuleDecision | null
  /** The matches of those that waited longer. */
  readonly considered: readonly { readonly step: StepKey; readonly rule: RuleDecision }[]
}

export function takerOf(turn: Turn, { name, data }: Signal): Taker {
  const considered: { step: StepKey; rule: RuleDecision }[] = []
  const room = newOperandRoom()
  for (const step of waitingFor(turn, name)) {
    const rule = judge(turn, step, data)
    if (rule?.result !== false) return { step, rule, considered }
    if (considered.length < limits.consideredListed) considered.push({ step, rule: fitting(rule, room) })
  }
  return { step: null, rule: null, considered }
}

/** Records the signal, and ends the step that takes it. */
export function receiveSignal(turn: Turn, { name, data, id }: Signal, { step, rule, considered }: Taker): void {
  turn.record({
    type: 'SignalReceived',
    at: turn.at,
    name,
    data,
    ...(id === undefined ? {} : { id }),
    ...(considered.length === 0 ? {} : { considered: [...considered] }),
  })
  if (step !== null) takeSignal(turn, step, turn.state.position, rule)
}

function takeSignal(turn: Turn, step: StepKey, outputAt: number, rule: RuleDecision | null): void {
  const decision = rule === null ? {} : { decision: [fitting(rule, newOperandRoom())] }
  turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], outputAt, ...decision })
}

/** Steps that wait for signals of the name, in the order in which they began to. */
function waitingFor(turn: Turn, name: string): StepKey[] {
  return [...turn.state.active.keys()]
    .flatMap((step) => {
      const current = turn.state.steps.get(step)
      const waits = current?.status === 'waiting' && current.for === 'signal' && current.name === name
      return waits ? [{ step, openedAt: current.openedAt }] : []
    })
    .sort((left, right) => left.openedAt - right.openedAt)
    .map(({ step }) => step)
}

/** Whether the step takes the data; null when it takes any. */
function judge(turn: Turn, step: StepKey, signal: unknown): RuleDecision | null {
  const { program, reads } = programOf(turn.state.graph).node(nodeFor(turn, step))
  assert(program.role === 'wait', 'a step that waits has a node that does')
  if (program.match === null) return null
  return decisionOf('out', program.match, { ...scopeFor(turn, scopeOf(step), reads), signal })
}

/** A rule that cannot be evaluated does not hold: data that others send must not make a step fail. */
function decisionOf(port: string, { text, evaluate }: Rule, scope: Record<string, unknown>): RuleDecision {
  const evaluation = evaluate(scope)
  return evaluation.ok
    ? { port, when: text, operands: evaluation.operands, result: evaluation.value === true }
    : { port, when: text, operands: {}, result: false, error: evaluation.failure.message }
}

const fitting = (rule: RuleDecision, room: OperandRoom): RuleDecision => ({
  ...rule,
  operands: recordedOperands(rule.operands, room),
})

function waitOf(turn: Turn, step: StepKey): Waiting {
  const current = turn.state.steps.get(step)
  assert(current?.status === 'waiting', `${step} waits`)
  return current
}

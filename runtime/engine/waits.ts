import type { RuleDecision } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { assert } from './assert.ts'
import { nodeFor } from './attempt.ts'
import { bodyAt } from './bodies.ts'
import type { Rule } from './node-program.ts'
import { programOf } from './program.ts'
import { scopeFor } from './scope.ts'
import type { StepState } from './state.ts'
import { scopeOf } from './step-key.ts'
import type { Turn } from './turn.ts'

type Waiting = Extract<StepState, { status: 'waiting' }>

/** Ends a wait that begins when its answer has come before it. True when it has. */
export function takeWhatIsThere(turn: Turn, step: StepKey): boolean {
  const wait = waitOf(turn, step)
  if (wait.for === 'callback') {
    const outputAt = turn.state.callbacks.get(step)
    if (outputAt === undefined) return false
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], outputAt })
    return true
  }
  if (wait.for === 'approval') return false
  for (const position of turn.state.signals.get(wait.name) ?? []) {
    const rule = judge(turn, step, bodyAt(turn, position))
    if (rule?.result === false) continue
    takeSignal(turn, step, position, rule)
    return true
  }
  return false
}

/** Records the signal, and ends the step that waited for it first. Null when none takes it: it is kept for one that may. */
export function receiveSignal(
  turn: Turn,
  { name, data, id }: { readonly name: string; readonly data: unknown; readonly id?: string | undefined },
): StepKey | null {
  const considered: { step: StepKey; rule: RuleDecision }[] = []
  let taken: { readonly step: StepKey; readonly rule: RuleDecision | null } | null = null
  for (const step of waitingFor(turn, name)) {
    const rule = judge(turn, step, data)
    if (rule?.result === false) {
      if (considered.length < limits.consideredListed) considered.push({ step, rule })
    } else {
      taken = { step, rule }
      break
    }
  }
  turn.record({
    type: 'SignalReceived',
    at: turn.at,
    name,
    data,
    ...(id === undefined ? {} : { id }),
    ...(considered.length === 0 ? {} : { considered }),
  })
  if (taken === null) return null
  takeSignal(turn, taken.step, turn.state.position, taken.rule)
  return taken.step
}

function takeSignal(turn: Turn, step: StepKey, outputAt: number, rule: RuleDecision | null): void {
  const decision = rule === null ? {} : { decision: [rule] }
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

function waitOf(turn: Turn, step: StepKey): Waiting {
  const current = turn.state.steps.get(step)
  assert(current?.status === 'waiting', `${step} waits`)
  return current
}

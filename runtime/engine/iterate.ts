import type { Failure, IterationOutput, RuleDecision } from '../../schemas/execution-events.ts'
import type { ScopePath, StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { Scope } from '../expression/index.ts'
import { assert } from './assert.ts'
import { nodeFor } from './attempt.ts'
import { iterationBody, iterationResult } from './bodies.ts'
import { failContainer, failIteration, failStep } from './fail.ts'
import type { NodeProgram } from './node-program.ts'
import { iterationOutput } from './output.ts'
import { outputFailure } from './output-size.ts'
import { programOf, type Reads } from './program.ts'
import { newOperandRoom, recordedOperands } from './recorded-operands.ts'
import { addedBytes, iterationsOf } from './results.ts'
import { scopeFor } from './scope.ts'
import { iterationAt, nodeOf, scopeOf } from './step-key.ts'
import type { Turn } from './turn.ts'

/** Ends an iteration in which nothing is active any more: with what its container collects, or the output of its last step. */
export function endIteration(turn: Turn, scope: ScopePath): void {
  const at = iterationAt(scope)
  assert(at !== null, 'an iteration has a container')
  const { program } = containerOf(turn, at.container)
  if (program.role === 'repeat') endRound(turn, scope, program, at)
  else {
    assert(program.role === 'each', `${at.container} is a container`)
    endItem(turn, scope, program, at)
  }
}

type Place = NonNullable<ReturnType<typeof iterationAt>>

function endRound(turn: Turn, scope: ScopePath, program: Repeat, { container, index }: Place): void {
  const { insideReads } = containerOf(turn, container)
  // Now, because the steps that the rule may read are forgotten with the iteration.
  const judged = judge(program, { ...scopeFor(turn, scope, insideReads), index: index + 1 })
  if (!judged.ok) failIteration(turn, container, index, { failure: judged.failure, step: container })
  else {
    const ended = { output: leafOutput(turn, scope), decision: [judged.rule] }
    turn.record({ type: 'IterationSucceeded', at: turn.at, step: container, index, ...ended })
  }
}

function endItem(turn: Turn, scope: ScopePath, program: Each, { container, index }: Place): void {
  const collected = collectedOf(turn, scope, program, container)
  if (!collected.ok) {
    failIteration(turn, container, index, { failure: collected.failure, step: container })
    return
  }
  const { output } = collected
  // Not at the end, when all the calls are made.
  const added = addedBytes(turn, container, index, iterationBody(turn, output))
  if (!added.ok) failContainer(turn, container, added.failure)
  else turn.record({ type: 'IterationSucceeded', at: turn.at, step: container, index, output, bytes: added.bytes })
}

type Collected =
  | { readonly ok: true; readonly output: IterationOutput }
  | { readonly ok: false; readonly failure: Failure }

function collectedOf(turn: Turn, scope: ScopePath, { collect }: Each, container: StepKey): Collected {
  const isBatched = iterationsOf(turn, container).batchSize !== null
  if (collect === null || isBatched) return { ok: true, output: leafOutput(turn, scope) }
  const { insideReads } = containerOf(turn, container)
  const evaluation = collect(scopeFor(turn, scope, insideReads))
  // What an expression comes to is never more than an output may be (EXP20).
  return !evaluation.ok ? evaluation : { ok: true, output: { shape: 'collected', value: evaluation.value } }
}

function leafOutput(turn: Turn, scope: ScopePath): IterationOutput {
  const at = iterationAt(scope)
  assert(at !== null, 'an iteration has a container')
  return iterationOutput(turn.state, nodeOf(at.container), scope)
}

/**
 * Begins the next iteration of a container that has room, or ends the container. Called again and
 * again while it has room, so that each iteration's first steps are begun before the next one.
 */
export function goOn(turn: Turn, container: StepKey): void {
  const { program, insideReads } = containerOf(turn, container)
  if (program.role === 'each') goOnEach(turn, container)
  else {
    assert(program.role === 'repeat', `${container} is a container`)
    goOnRepeat(turn, container, program, insideReads)
  }
}

function goOnEach(turn: Turn, container: StepKey): void {
  const { next, size } = iterationsOf(turn, container)
  assert(size !== null, 'an `each` knows its items')
  if (next < size) {
    turn.record({ type: 'IterationStarted', at: turn.at, step: container, index: next })
    return
  }
  const output = resultsOf(turn, container, size)
  turn.record({ type: 'StepSucceeded', at: turn.at, step: container, ports: ['out'], output })
}

/** In the order of the items, whatever order they were done in. They are no more than an output may hold: each was counted. */
function resultsOf(turn: Turn, container: StepKey, size: number): unknown[] {
  const { results, first, batchSize } = iterationsOf(turn, container)
  const found: unknown[] = []
  for (let index = first; index < size; index += 1) {
    const position = results.get(String(index))
    assert(position !== undefined, `iteration ${index} has ended`)
    found.push(iterationResult(turn, position))
  }
  // A batch gives the list of its items' results.
  return batchSize === null ? found : found.flat(1)
}

type Each = Extract<NodeProgram, { role: 'each' }>
type Repeat = Extract<NodeProgram, { role: 'repeat' }>

function goOnRepeat(turn: Turn, container: StepKey, program: Repeat, reads: Reads): void {
  const { next, again } = iterationsOf(turn, container)
  const first = next > 0 || program.readsInside ? null : judgeFirst(turn, container, program, reads)
  if (first !== null && !first.ok) {
    failStep(turn, container, first.failure)
    return
  }
  const decision = first === null ? {} : { decision: [first.rule] }
  if (again && first?.rule.result !== false && next < program.maxIterations) {
    turn.record({ type: 'IterationStarted', at: turn.at, step: container, index: next, ...decision })
    return
  }
  const [last] = iterationsOf(turn, container).results.values()
  const output = {
    iterations: next,
    isExhausted: again && first?.rule.result !== false,
    last: last === undefined ? null : iterationResult(turn, last),
  }
  const unfit = outputFailure(output)
  if (unfit !== null) failStep(turn, container, unfit)
  else turn.record({ type: 'StepSucceeded', at: turn.at, step: container, ports: ['out'], output, ...decision })
}

/** A rule that reads nothing inside is asked before the first iteration, too. */
const judgeFirst = (turn: Turn, container: StepKey, program: Repeat, reads: Reads): Judged =>
  judge(program, { ...scopeFor(turn, scopeOf(container), reads), index: 0 })

type Judged = { readonly ok: true; readonly rule: RuleDecision } | { readonly ok: false; readonly failure: Failure }

/** Whether another iteration begins. */
function judge(program: Repeat, scope: Scope): Judged {
  const evaluation = program.while.evaluate(scope)
  if (!evaluation.ok) return evaluation
  const result = evaluation.value === true
  const operands = recordedOperands(evaluation.operands, newOperandRoom())
  return { ok: true, rule: { port: result ? 'body' : 'out', when: program.while.text, operands, result } }
}

/** Whether this turn may begin another iteration: a long list must not keep everyone else waiting. */
export const hasRoom = (turn: Turn): boolean => turn.events.length < limits.turnEvents

const containerOf = (turn: Turn, container: StepKey) => programOf(turn.state.graph).node(nodeFor(turn, container))

import type { Failure, IterationOutput, RuleDecision } from '../../schemas/execution-events.ts'
import type { ScopePath, StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { Scope } from '../expression/index.ts'
import { assert } from './assert.ts'
import { nodeFor } from './attempt.ts'
import { iterationResult } from './bodies.ts'
import { failIteration, failStep } from './fail.ts'
import type { NodeProgram } from './node-program.ts'
import { iterationOutput } from './output.ts'
import { measureJson, outputFailure } from './output-size.ts'
import { programOf, type Reads } from './program.ts'
import { newOperandRoom, recordedOperands } from './recorded-operands.ts'
import { scopeFor } from './scope.ts'
import type { Iterations } from './state.ts'
import { iterationAt, nodeOf, scopeOf } from './step-key.ts'
import type { Turn } from './turn.ts'

/** Ends an iteration in which nothing is active any more: with what its container collects, or the output of its last step. */
export function endIteration(turn: Turn, scope: ScopePath): void {
  const at = iterationAt(scope)
  assert(at !== null, 'an iteration has a container')
  const { container, index } = at
  const { program, insideReads } = containerOf(turn, container)
  const isBatched = iterationsOf(turn, container).batchSize !== null
  const ended = { type: 'IterationSucceeded', at: turn.at, step: container, index } as const
  if (program.role === 'repeat') {
    // Now, because the steps that the rule may read are forgotten with the iteration.
    const judged = judge(program, { ...scopeFor(turn, scope, insideReads), index: index + 1 })
    if (!judged.ok) failIteration(turn, container, index, { failure: judged.failure, step: container })
    else turn.record({ ...ended, output: leafOutput(turn, scope), decision: [judged.rule] })
  } else if (program.role === 'each' && program.collect !== null && !isBatched) {
    const collected = program.collect(scopeFor(turn, scope, insideReads))
    const failure = collected.ok ? outputFailure(collected.value) : collected.failure
    if (failure !== null) failIteration(turn, container, index, { failure, step: container })
    else {
      assert(collected.ok, 'what does not fail has a value')
      turn.record({ ...ended, output: { shape: 'collected', value: collected.value } })
    }
  } else turn.record({ ...ended, output: leafOutput(turn, scope) })
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
  const results = resultsOf(turn, container, size)
  if (results.ok)
    turn.record({ type: 'StepSucceeded', at: turn.at, step: container, ports: ['out'], output: results.output })
  else failStep(turn, container, results.failure)
}

type Results = { readonly ok: true; readonly output: unknown[] } | { readonly ok: false; readonly failure: Failure }

/** In the order of the items, whatever order they were done in. No more of them are read than an output may hold. */
function resultsOf(turn: Turn, container: StepKey, size: number): Results {
  const { results, first, batchSize } = iterationsOf(turn, container)
  const found: unknown[] = []
  let bytes = 0
  for (let index = first; index < size; index += 1) {
    const position = results.get(String(index))
    assert(position !== undefined, `iteration ${index} has ended`)
    const result = iterationResult(turn, position)
    bytes += measureJson(JSON.stringify(result)).bytes
    if (bytes > limits.stepOutputBytes) return { ok: false, failure: resultsTooLarge }
    found.push(result)
  }
  // A batch gives the list of its items' results.
  const output = batchSize === null ? found : found.flat(1)
  const failure = outputFailure(output)
  return failure === null ? { ok: true, output } : { ok: false, failure }
}

const resultsTooLarge: Failure = {
  code: 'output_too_large',
  message: `the results of the items have more than ${limits.stepOutputBytes} bytes of JSON together: say in collect what to keep of each`,
}

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

function iterationsOf(turn: Turn, container: StepKey): Iterations {
  const current = turn.state.steps.get(container)
  assert(current?.status === 'open', `${container} is open`)
  return current.iterations
}

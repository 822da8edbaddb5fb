import type { EventOf } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { assert } from './assert.ts'
import { nodeFor, startAttempt } from './attempt.ts'
import { batchesFailure, batchRequest } from './batch.ts'
import { failStep } from './fail.ts'
import type { Computed, NodeProgram } from './node-program.ts'
import { outputFailure, requestFailure } from './output-size.ts'
import { type CompiledNode, programOf } from './program.ts'
import { inputOf, scopeFor } from './scope.ts'
import { isBatch, scopeOf } from './step-key.ts'
import type { Turn } from './turn.ts'
import { takeWhatIsThere } from './waits.ts'

/** Begins a step. It may be over at once. */
export function begin(turn: Turn, step: StepKey): void {
  if (isBatch(step)) {
    startAttempt(turn, step, batchRequest(turn, step))
    return
  }
  const { program, reads } = programOf(turn.state.graph).node(nodeFor(turn, step))
  assert(program.role !== 'trigger', 'a trigger begins with the execution')
  switch (program.role) {
    case 'compute':
      compute(turn, step, program, reads)
      break
    case 'act':
      act(turn, step, program, reads)
      break
    case 'delay': {
      const resolved = program.until(scopeFor(turn, scopeOf(step), reads), turn.at)
      if (resolved.ok) turn.record({ type: 'DelayStarted', at: turn.at, step, until: resolved.until })
      else failStep(turn, step, resolved.failure)
      break
    }
    case 'wait': {
      const resolved = program.open(scopeFor(turn, scopeOf(step), reads), turn.at)
      if (resolved.ok) {
        turn.record({ type: 'WaitStarted', at: turn.at, step, ...resolved.opened })
        takeWhatIsThere(turn, step)
      } else failStep(turn, step, resolved.failure)
      break
    }
    default:
      openContainer(turn, step, program, reads)
  }
}

function openContainer(
  turn: Turn,
  step: StepKey,
  program: Extract<NodeProgram, { role: 'each' | 'repeat' }>,
  reads: CompiledNode['reads'],
): void {
  if (program.role === 'repeat') {
    turn.record({ type: 'RepeatStarted', at: turn.at, step })
    return
  }
  const resolved = program.items(scopeFor(turn, scopeOf(step), reads))
  if (resolved.ok) openEach(turn, step, program.concurrency, resolved.items)
  else failStep(turn, step, resolved.failure)
}

/** Opens an `each`, beyond `limits.eachItems` in batches. */
function openEach(turn: Turn, step: StepKey, concurrency: number, items: readonly unknown[]): void {
  const started: EventOf<'EachStarted'> = { type: 'EachStarted', at: turn.at, step, items: [...items], concurrency }
  if (items.length <= limits.eachItems) turn.record(started)
  else {
    const failure = batchesFailure(turn, step, items)
    if (failure === null) turn.record({ ...started, batchSize: limits.eachItems })
    else failStep(turn, step, failure)
  }
}

function act(
  turn: Turn,
  step: StepKey,
  program: Extract<NodeProgram, { role: 'act' }>,
  reads: CompiledNode['reads'],
): void {
  const resolved = resolveRequest(turn, step, program, reads)
  if (resolved.ok) startAttempt(turn, step, resolved.request)
  else failStep(turn, step, resolved.failure)
}

/** What an acting step asks the world for when it begins now. */
export function resolveRequest(
  turn: Turn,
  step: StepKey,
  program: Extract<NodeProgram, { role: 'act' }>,
  reads: CompiledNode['reads'],
): ReturnType<typeof program.request> {
  const scope = scopeOf(step)
  const resolved = program.request(scopeFor(turn, scope, reads), () => inputOf(turn, nodeFor(turn, step), scope))
  const failure = resolved.ok ? requestFailure(resolved.request) : null
  return failure === null ? resolved : { ok: false, failure }
}

function compute(
  turn: Turn,
  step: StepKey,
  program: Extract<NodeProgram, { role: 'compute' }>,
  reads: CompiledNode['reads'],
): void {
  const scope = scopeOf(step)
  const computed = program.compute(scopeFor(turn, scope, reads), () => inputOf(turn, nodeFor(turn, step), scope))
  const fit = computed.ok ? fitOutput(computed) : computed
  if (!fit.ok) {
    failStep(turn, step, fit.failure, { ends: fit.ends })
    return
  }
  const { output, ports, decision, response } = fit
  const answers = response !== undefined && turn.state.respondedAt === 0
  turn.record({
    type: 'StepSucceeded',
    at: turn.at,
    step,
    ports: [...ports],
    output,
    ...(decision === undefined ? {} : { decision }),
    ...(answers ? { response } : {}),
  })
}

function fitOutput(computed: Extract<Computed, { ok: true }>): Computed {
  const failure = outputFailure(computed.output)
  return failure === null ? computed : { ok: false, failure }
}

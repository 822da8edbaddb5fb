import type { Failure } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { assert } from './assert.ts'
import { measureJson } from './output-size.ts'
import type { Iterations } from './state.ts'
import type { Turn } from './turn.ts'

export function iterationsOf(turn: Turn, container: StepKey): Iterations {
  const current = turn.state.steps.get(container)
  assert(current?.status === 'open', `${container} is open`)
  return current.iterations
}

/** What one more result adds to the list of an `each`, in bytes of JSON; or why the list cannot have it. */
export function addedBytes(
  turn: Turn,
  container: StepKey,
  index: number,
  result: unknown,
): { readonly ok: true; readonly bytes: number } | { readonly ok: false; readonly failure: Failure } {
  const { bytes: before, batchSize } = iterationsOf(turn, container)
  const measured = measureJson(JSON.stringify(result))
  // A batch gives a list, whose brackets go; any other result comes with what stands after it.
  const [what, aroundBytes, aroundDepth] = batchSize === null ? ['item', 1, 1] : ['batch', -1, 0]
  const bytes = measured.bytes + aroundBytes
  if (before + bytes > limits.stepOutputBytes) {
    const message = `with ${what} ${index} the results have ${before + bytes} bytes of JSON together, and ${limits.stepOutputBytes} are allowed: say in collect what to keep of each`
    return { ok: false, failure: { code: 'output_too_large', message } }
  }
  const depth = measured.depth + aroundDepth
  if (depth > limits.stepOutputDepth) {
    const message = `the result of ${what} ${index} nests ${depth} levels in the list, and ${limits.stepOutputDepth} are allowed: say in collect what to keep of each`
    return { ok: false, failure: { code: 'output_too_deep', message } }
  }
  return { ok: true, bytes }
}

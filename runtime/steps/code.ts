import { code } from '../../schemas/kinds/code.ts'
import { codeRefusal } from './code-failure.ts'
import { type End, type Program, runCode } from './code-run.ts'
import { type Stopped, Turns, type TurnsOptions } from './code-turns.ts'
import { failForNow, refuse } from './refusal.ts'
import type { AttemptOutcome, StepRunner } from './step-runner.ts'

export type CodePorts = Pick<TurnsOptions, 'now' | 'sleep'> & {
  /** The engine, as `scripts/meter-quickjs.ts` made it. */
  readonly wasm: WebAssembly.Module
}

/**
 * The code step. A run has the process for a slice at a time, and can be halted after each; what it comes to depends
 * on nothing but the program. Failure codes: those of `Stop` after `code_`, `output_too_large`, `output_too_deep`,
 * `timeout`, `cancelled` and `request_invalid`.
 */
export function codeRunner({ wasm, now, sleep }: CodePorts): StepRunner {
  return async ({ node, request, timeoutMs }, signal) => {
    const parsed = code.config.safeParse({ ...node.config, ...request.config })
    if (!parsed.success) return refuse('request_invalid', 'The code step and its request do not fit together.')
    const { source, input, limits } = parsed.data
    const program = { source, input, limits }
    const turns = new Turns({ now, sleep, deadline: now() + timeoutMs, signal, heapBytes: limits.heapBytes })
    try {
      const end = await endOf(wasm, program, turns)
      if (typeof end === 'string') return haltedBy(end, timeoutMs)
      return end.ok ? { ok: true, output: JSON.parse(end.text) } : codeRefusal(end, program)
    } catch (error) {
      // A bug in here must end the attempt and not the object. What the error says may hold data.
      return refuse(
        'internal_error',
        `The code step met an unexpected ${error instanceof Error ? error.name : 'value'}.`,
      )
    } finally {
      turns.end()
    }
  }
}

/**
 * Most programs are over within a slice, and wait for nothing. One that is not, and finds no room among other long
 * ones, is dropped and begun again when there is: it will do the same.
 */
async function endOf(wasm: WebAssembly.Module, program: Program, turns: Turns): Promise<End | Stopped> {
  let halt = await turns.begin()
  while (halt === null) {
    const end = await runCode(wasm, program, turns.next)
    if (end !== 'crowded') return end
    halt = await turns.placeCame()
  }
  return halt
}

function haltedBy(halt: Stopped, timeoutMs: number): AttemptOutcome {
  switch (halt) {
    case 'cancelled':
      return refuse('cancelled', 'The attempt was cancelled.')
    case 'late':
      return failForNow('timeout', `The code was not done within ${timeoutMs} ms, beside all that the process does.`)
  }
}

import { code } from '../../schemas/kinds/code.ts'
import { codeRefusal } from './code-failure.ts'
import { type Program, runCode } from './code-run.ts'
import { leaveTurn, turnCame } from './code-turns.ts'
import { failForNow, refuse } from './refusal.ts'
import type { AttemptOutcome, StepRunner } from './step-runner.ts'

export type CodePorts = {
  /** The engine, as `scripts/meter-quickjs.ts` made it. */
  readonly wasm: WebAssembly.Module
  /** Epoch milliseconds. Only who runs when depends on it, never what comes of it. */
  readonly now: () => number
}

/**
 * The code step. A run holds the whole process, so its fuel ends it, and no clock: neither the attempt's time nor its
 * signal can come in between, and both count only until it begins. Failure codes: those of `Stop` after `code_`,
 * `output_too_large`, `output_too_deep`, `timeout`, `cancelled` and `request_invalid`.
 */
export function codeRunner({ wasm, now }: CodePorts): StepRunner {
  return async ({ node, request, timeoutMs }, signal) => {
    const parsed = code.config.safeParse({ ...node.config, ...request.config })
    if (!parsed.success) return refuse('request_invalid', 'The code step and its request do not fit together.')
    const { source, input, limits } = parsed.data
    if (!(await turnCame(now, now() + timeoutMs, signal))) {
      if (signal.aborted) return refuse('cancelled', 'The attempt was cancelled.')
      return failForNow('timeout', `Other code was running, and it was not this step's turn within ${timeoutMs} ms.`)
    }
    try {
      return await outcomeOf({ wasm, now }, { source, input, limits })
    } catch (error) {
      // A bug in here must end the attempt and not the object. What the error says may hold data.
      return refuse(
        'internal_error',
        `The code step met an unexpected ${error instanceof Error ? error.name : 'value'}.`,
      )
    }
  }
}

async function outcomeOf({ wasm, now }: CodePorts, program: Program): Promise<AttemptOutcome> {
  const startedAt = now()
  const { end, spent } = await runCode(wasm, program)
  leaveTurn(startedAt, spent)
  return end.ok ? { ok: true, output: JSON.parse(end.text) } : codeRefusal(end, program)
}

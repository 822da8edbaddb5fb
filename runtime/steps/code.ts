import { code } from '../../schemas/kinds/code.ts'
import { codeRefusal } from './code-failure.ts'
import { type Program, runCode } from './code-run.ts'
import { refuse } from './refusal.ts'
import type { AttemptOutcome, StepRunner } from './step-runner.ts'

export type CodePorts = {
  /** The engine, as `scripts/meter-quickjs.ts` made it. */
  readonly wasm: WebAssembly.Module
}

/**
 * The code step. A run holds the whole process, so its fuel bounds it, and no clock; an attempt's time and its
 * signal cannot come in between. Failure codes: those of `Stop` after `code_`, `output_too_large`, `output_too_deep`, `cancelled` and `request_invalid`.
 */
export function codeRunner({ wasm }: CodePorts): StepRunner {
  return async ({ node, request }, signal) => {
    const parsed = code.config.safeParse({ ...node.config, ...request.config })
    if (!parsed.success) return refuse('request_invalid', 'The code step and its request do not fit together.')
    const { source, input, limits } = parsed.data
    // Several steps may be due at once: what else is going on gets its turn between them.
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (signal.aborted) return refuse('cancelled', 'The attempt was cancelled.')
    try {
      return await outcomeOf(wasm, { source, input, limits })
    } catch (error) {
      // A bug in here must end the attempt and not the object. What the error says may hold data.
      return refuse(
        'internal_error',
        `The code step met an unexpected ${error instanceof Error ? error.name : 'value'}.`,
      )
    }
  }
}

async function outcomeOf(wasm: WebAssembly.Module, program: Program): Promise<AttemptOutcome> {
  const end = await runCode(wasm, program)
  return end.ok ? { ok: true, output: JSON.parse(end.text) } : codeRefusal(end, program)
}

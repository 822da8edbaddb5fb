import { readFileSync } from 'node:fs'

import { codeRunner } from '../../runtime/steps/code.ts'
import type { AttemptOutcome } from '../../runtime/steps/step-runner.ts'
import type { NodeId } from '../../schemas/graph.ts'
import { type CodeLimits, code } from '../../schemas/kinds/code.ts'

// Cloudflare's types say that modules are not made while a Worker runs; in Node they are.
const wasm = Reflect.construct(WebAssembly.Module, [
  readFileSync('runtime/steps/quickjs-metered.wasm'),
]) as WebAssembly.Module

/** Ten seconds later each time it is asked, so that no test waits for the rest after another's run. */
const now = (() => {
  let time = 0
  return () => {
    time += 10_000
    return time
  }
})()

type Options = { readonly input?: unknown; readonly limits?: Partial<CodeLimits>; readonly signal?: AbortSignal }

/** One attempt of a code step in the real engine. */
export function runCode(source: string, { input = null, limits = {}, signal }: Options = {}): Promise<AttemptOutcome> {
  const config = code.config.parse({ source, limits })
  return performCode(config, { input, limits: config.limits }, signal)
}

/** The same with the config as a graph has it and the request as it was recorded. */
export function performCode(
  config: Record<string, unknown>,
  request: Record<string, unknown>,
  signal: AbortSignal = new AbortController().signal,
): Promise<AttemptOutcome> {
  const attempt = {
    node: { id: 'work' as NodeId, kind: 'code', config },
    request: { kind: 'code', config: request, injections: [] },
    idempotencyKey: 'execution-1.work',
    timeoutMs: 600_000,
  }
  return codeRunner({ wasm, now })(attempt, signal)
}

import { readFileSync } from 'node:fs'

import { codeRunner } from '../../runtime/steps/code.ts'
import type { AttemptOutcome } from '../../runtime/steps/step-runner.ts'
import type { NodeId } from '../../schemas/graph.ts'
import { type CodeLimits, code } from '../../schemas/kinds/code.ts'

// Cloudflare's types say that modules are not made while a Worker runs; in Node they are.
const wasm = Reflect.construct(WebAssembly.Module, [
  readFileSync('runtime/steps/quickjs-metered.wasm'),
]) as WebAssembly.Module

/** Time only passes while a program waits, so that no test does. */
let time = 1_800_000_000_000
const now = (): number => time
const sleep = async (ms: number): Promise<void> => {
  time += ms
}

type World = {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** Called between two slices. */
  readonly onTurn?: () => void
}
type Options = World & { readonly input?: unknown; readonly limits?: Partial<CodeLimits> }

/** One attempt of a code step in the real engine. */
export function runCode(
  source: string,
  { input = null, limits = {}, ...world }: Options = {},
): Promise<AttemptOutcome> {
  const config = code.config.parse({ source, limits })
  return performCode(config, { input, limits: config.limits }, world)
}

/** The same with the config as a graph has it and the request as it was recorded. */
export function performCode(
  config: Record<string, unknown>,
  request: Record<string, unknown>,
  { signal = new AbortController().signal, timeoutMs = 600_000, onTurn = () => {} }: World = {},
): Promise<AttemptOutcome> {
  const attempt = {
    node: { id: 'work' as NodeId, kind: 'code', config },
    request: { kind: 'code', config: request, injections: [] },
    idempotencyKey: 'execution-1.work',
    timeoutMs,
  }
  const waiting = (ms: number): Promise<void> => {
    onTurn()
    return sleep(ms)
  }
  return codeRunner({ wasm, now, sleep: waiting })(attempt, signal)
}

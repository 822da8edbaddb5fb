import { limits } from '../../schemas/limits.ts'
import { driver } from './code-driver.ts'
import { QuickJs, type Value } from './quickjs.ts'

/** An engine with the driver in it, and nothing of a program yet. */
export type Engine = { readonly quickJs: QuickJs; readonly driver: Value }

/**
 * One that is ready, because making one takes longer than what most programs do. It belongs to whoever has taken it,
 * and what is lost with its object is never put back.
 */
let ready: Engine | null = null

export async function takeEngine(wasm: WebAssembly.Module): Promise<Engine> {
  const taken = ready
  ready = null
  return taken ?? make(wasm)
}

/** Byte by byte it is what it was before the run. */
export function putBack(engine: Engine): void {
  if (ready !== null || engine.quickJs.isLarge) return
  engine.quickJs.reset()
  ready = engine
}

async function make(wasm: WebAssembly.Module): Promise<Engine> {
  const quickJs = new QuickJs(wasm)
  quickJs.begin(limits.codeHeapMinBytes, async () => null)
  const made = await quickJs.evaluate(driver, 'driver.js', { isModule: false })
  if (!made.ok) throw new TypeError('the driver does not run')
  quickJs.remember()
  return { quickJs, driver: made.value }
}

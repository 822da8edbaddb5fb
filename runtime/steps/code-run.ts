import { z } from 'zod'

import type { CodeLimits } from '../../schemas/kinds/code.ts'
import { limits } from '../../schemas/limits.ts'
import { putBack, takeEngine } from './code-engine.ts'
import type { Halt, NextTurn } from './code-fuel.ts'
import { depthOf } from './json-depth.ts'
import type { QuickJs, Result, Value } from './quickjs.ts'

export type Program = { readonly source: string; readonly input: unknown; readonly limits: CodeLimits }

const Thrown = z.object({ name: z.string(), message: z.string(), stack: z.string() })
/** What was thrown, in words. A value that is no error has neither name nor stack. */
export type Thrown = z.infer<typeof Thrown>

const Lines = z.array(z.string())

export type Stop =
  | 'error'
  | 'syntax_error'
  | 'no_default'
  | 'never_settled'
  | 'output_invalid'
  | 'output_too_deep'
  | 'output_too_large'
  | 'out_of_fuel'
  | 'out_of_memory'
  | 'stack_overflow'

/** How a run ended: with JSON, or with what stopped it, what was thrown then, and the last lines of its console. */
export type End =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly stop: Stop; readonly error: Thrown | null; readonly lines: readonly string[] }

/** What the program is called in the engine's stacks. */
export const fileName = 'code.js'

/** Runs a program to its end in an engine of its own, at the turns that `next` waits for, unless that halts it. */
export async function runCode(wasm: WebAssembly.Module, program: Program, next: NextTurn): Promise<End | Halt> {
  const engine = await takeEngine(wasm)
  const { quickJs, driver } = engine
  quickJs.begin(program.limits.heapBytes, next)
  try {
    return await new Run(quickJs, driver, program).end()
  } catch (error) {
    if (quickJs.halt !== null) return quickJs.halt
    return { ok: false, stop: stopOfEngine(error, quickJs), error: null, lines: [] }
  } finally {
    putBack(engine)
  }
}

/** What stopped the engine itself, so that it can no longer be asked. Throws what is no stop. */
function stopOfEngine(error: unknown, engine: QuickJs): Stop {
  if (engine.isOutOfFuel) return 'out_of_fuel'
  // The stack of the isolate: a parser can go deep with little of QuickJS's own.
  if (error instanceof RangeError) return 'stack_overflow'
  if (error instanceof WebAssembly.RuntimeError && engine.hasFilledHeap) return 'out_of_memory'
  throw error
}

class Run {
  readonly #engine: QuickJs
  readonly #driver: Value
  readonly #program: Program

  constructor(engine: QuickJs, driver: Value, program: Program) {
    this.#engine = engine
    this.#driver = driver
    this.#program = program
  }

  async end(): Promise<End> {
    const engine = this.#engine
    const { input, limits: allowed, source } = this.#program
    const given = await this.#call(
      'give',
      engine.value(JSON.stringify(input)),
      engine.value(String(allowed.outputBytes)),
    )
    // Any JSON can be read; but there may be no room for it.
    if (!given.ok) return this.#stopped('out_of_memory', given.thrown)
    engine.burn(allowed.fuel)
    const loaded = await engine.evaluate(source, fileName, { isModule: true })
    if (!loaded.ok) return this.#stopped('error', loaded.thrown)
    const started = await this.#call('start', loaded.value)
    if (!started.ok) return this.#stopped('error', started.thrown)
    const jobs = await engine.settle()
    return jobs.ok ? this.#settled() : this.#stopped('error', jobs.thrown)
  }

  #settled(): Promise<End> | End {
    const engine = this.#engine
    const end = engine.property(this.#driver, 'end')
    const state = engine.text(engine.property(end, 'state'))
    const value = engine.property(end, 'value')
    switch (state) {
      case 'succeeded':
        return engine.isOutOfFuel ? this.#stopped('out_of_fuel', null) : this.#succeeded(engine.text(value))
      case 'thrown':
        return this.#stopped('error', value)
      case 'output_invalid':
      case 'output_too_large':
        return this.#stopped(state, value)
      case 'no_default':
        return this.#stopped('no_default', null)
      default:
        return this.#stopped('never_settled', null)
    }
  }

  #succeeded(text: string): Promise<End> | End {
    const bytes = new TextEncoder().encode(text).length
    if (bytes > this.#program.limits.outputBytes) return this.#stopped('output_too_large', null)
    return depthOf(text) > limits.stepOutputDepth ? this.#stopped('output_too_deep', null) : { ok: true, text }
  }

  async #stopped(otherwise: Stop, thrown: Value | null): Promise<End> {
    // Asked before the report, which has fuel and memory of its own.
    const { isOutOfFuel, hasFilledHeap } = this.#engine
    this.#engine.beginReport()
    const { error, lines } = await this.#report(thrown)
    const known = thrown === null ? null : stopOf(error, hasFilledHeap)
    return { ok: false, stop: isOutOfFuel ? 'out_of_fuel' : (known ?? otherwise), error, lines }
  }

  /** As much as can be said: what was thrown may throw, or never come back, when it is looked at. */
  async #report(thrown: Value | null): Promise<{ readonly error: Thrown | null; readonly lines: readonly string[] }> {
    let error: Thrown | null = null
    try {
      error = thrown === null ? null : await this.#said(Thrown, 'describe', thrown)
      return { error, lines: (await this.#said(Lines, 'lines')) ?? [] }
    } catch (failure) {
      if (this.#engine.halt !== null) throw failure
      stopOfEngine(failure, this.#engine)
      return { error, lines: [] }
    }
  }

  async #said<Words>(schema: z.ZodType<Words>, name: 'describe' | 'lines', ...args: Value[]): Promise<Words | null> {
    const text = await this.#call(name, ...args)
    return text.ok ? schema.parse(JSON.parse(this.#engine.text(text.value))) : null
  }

  #call(name: 'give' | 'start' | 'describe' | 'lines', ...args: Value[]): Promise<Result> {
    return this.#engine.call(this.#engine.property(this.#driver, name), ...args)
  }
}

/** What an error of the engine means; null for one of the program. */
function stopOf(error: Thrown | null, hasFilledHeap: boolean): Stop | null {
  // When not even the error finds room, the engine throws null, or what cannot be looked at.
  if (hasFilledHeap && (error === null || (error.name === '' && error.message === 'null'))) return 'out_of_memory'
  if (error === null) return null
  const { name, message, stack } = error
  if (name === 'InternalError' && message === 'out of memory') return 'out_of_memory'
  if (name === 'InternalError' && message === 'stack overflow') return 'stack_overflow'
  const isOfParser = new RegExp(`^\\s*at ${fileName}:`).test(stack)
  return name === 'SyntaxError' && isOfParser ? 'syntax_error' : null
}

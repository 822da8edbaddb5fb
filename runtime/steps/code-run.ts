import type { QuickJSHandle } from 'quickjs-emscripten-core'
import { z } from 'zod'

import type { CodeLimits } from '../../schemas/kinds/code.ts'
import { limits } from '../../schemas/limits.ts'
import { driver } from './code-driver.ts'
import { depthOf } from './json-depth.ts'
import { QuickJs } from './quickjs.ts'

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

/** Runs a program to its end in an engine of its own, and says how much fuel that took. Nothing else happens in the process meanwhile. */
export async function runCode(
  wasm: WebAssembly.Module,
  program: Program,
): Promise<{ readonly end: End; readonly spent: number }> {
  const engine = await QuickJs.make(wasm, program.limits.heapBytes)
  const end = endOf(engine, program)
  return { end, spent: engine.spent }
}

function endOf(engine: QuickJs, program: Program): End {
  try {
    return new Run(engine, program).end()
  } catch (error) {
    const stop = stopOfEngine(error, engine)
    if (stop === null) throw error
    return { ok: false, stop, error: null, lines: [] }
  }
}

/** What stopped the engine itself, so that it can no longer be asked; null for a bug. */
function stopOfEngine(error: unknown, engine: QuickJs): Stop | null {
  if (engine.isOutOfFuel) return 'out_of_fuel'
  // The stack of the isolate: a parser can go deep with little of QuickJS's own.
  if (error instanceof RangeError) return 'stack_overflow'
  return error instanceof WebAssembly.RuntimeError && engine.hasFilledHeap ? 'out_of_memory' : null
}

class Run {
  readonly #engine: QuickJs
  readonly #program: Program
  readonly #driver: QuickJSHandle

  constructor(engine: QuickJs, program: Program) {
    const { context } = engine
    this.#engine = engine
    this.#program = program
    this.#driver = context.unwrapResult(context.evalCode(driver, 'driver.js', { type: 'global' }))
    const input = context.newString(JSON.stringify(program.input))
    context.unwrapResult(this.#call('give', input, context.newNumber(program.limits.outputBytes)))
  }

  end(): End {
    const { context } = this.#engine
    this.#engine.burn(this.#program.limits.fuel)
    const loaded = context.evalCode(this.#program.source, fileName, { type: 'module' })
    if (loaded.error) return this.#stopped('error', loaded.error)
    const started = this.#call('start', loaded.value)
    if (started.error) return this.#stopped('error', started.error)
    const jobs = context.runtime.executePendingJobs()
    if (jobs.error) return this.#stopped('error', jobs.error)
    return this.#settled()
  }

  #settled(): End {
    const { context, isOutOfFuel } = this.#engine
    const end = context.getProp(this.#driver, 'end')
    const state = context.getString(context.getProp(end, 'state'))
    const value = context.getProp(end, 'value')
    switch (state) {
      case 'succeeded':
        return isOutOfFuel ? this.#stopped('out_of_fuel', null) : this.#succeeded(context.getString(value))
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

  #succeeded(text: string): End {
    const bytes = new TextEncoder().encode(text).length
    if (bytes > this.#program.limits.outputBytes) return this.#stopped('output_too_large', null)
    return depthOf(text) > limits.stepOutputDepth ? this.#stopped('output_too_deep', null) : { ok: true, text }
  }

  #stopped(otherwise: Stop, thrown: QuickJSHandle | null): End {
    // Asked before the report, which has fuel and memory of its own.
    const { isOutOfFuel, hasFilledHeap } = this.#engine
    this.#engine.beginReport()
    const error = thrown === null ? null : this.#said(Thrown, 'describe', thrown)
    const known = thrown === null ? null : stopOf(error, hasFilledHeap)
    const stop = isOutOfFuel ? 'out_of_fuel' : (known ?? otherwise)
    return { ok: false, stop, error, lines: this.#said(Lines, 'lines') ?? [] }
  }

  /** Null when it cannot be said: what was thrown may throw, or never come back, when it is looked at. */
  #said<Words>(schema: z.ZodType<Words>, name: 'describe' | 'lines', ...args: QuickJSHandle[]): Words | null {
    try {
      const text = this.#call(name, ...args)
      return text.error ? null : schema.parse(JSON.parse(this.#engine.context.getString(text.value)))
    } catch (error) {
      if (stopOfEngine(error, this.#engine) === null) throw error
      return null
    }
  }

  #call(name: 'give' | 'start' | 'describe' | 'lines', ...args: QuickJSHandle[]) {
    const { context } = this.#engine
    return context.callFunction(context.getProp(this.#driver, name), context.undefined, ...args)
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

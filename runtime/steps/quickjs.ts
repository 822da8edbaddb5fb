import variant from '@jitl/quickjs-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSContext } from 'quickjs-emscripten-core'

import { limits } from '../../schemas/limits.ts'

/**
 * One QuickJS, made for one run and dropped with all its memory: after a trap nothing in it can be
 * believed (workerd#3264), and the next run must find no trace of this one.
 */
export class QuickJs {
  readonly #context: QuickJSContext
  readonly #fuel: WebAssembly.Global
  readonly #heap: Heap
  /** What is left when a program is asked to stop. Built-in functions are never asked; they trap when this is used up too. */
  #reserve = 0
  #wasInterrupted = false
  /** All that was granted until now. */
  #granted: number

  private constructor(context: QuickJSContext, fuel: WebAssembly.Global, heap: Heap) {
    this.#context = context
    this.#fuel = fuel
    this.#heap = heap
    this.#granted = atFirst
    heap.onAsked((pages) => {
      // Not to zero or below: the engine counts without a sign, and stops at its next step from one.
      fuel.value = Math.max(this.#left - pages * limits.codePageFuel, 1)
    })
    context.runtime.setMaxStackSize(limits.codeStackBytes)
    context.runtime.setInterruptHandler(() => {
      this.#wasInterrupted ||= this.#reserve > 0 && this.#left <= this.#reserve
      return this.#wasInterrupted && this.#reserve > 0
    })
  }

  /** `wasm` is the engine that `scripts/meter-quickjs.ts` made. */
  static async make(wasm: WebAssembly.Module, heapBytes: number): Promise<QuickJs> {
    const heap = boundedHeap(heapBytes)
    let fuel: WebAssembly.Global | undefined
    const engine = newVariant(variant, {
      emscriptenModule: {
        wasmMemory: heap.memory,
        instantiateWasm(imports, onSuccess) {
          const instance = new WebAssembly.Instance(wasm, withoutClock(imports, heap.memory))
          fuel = instance.exports['fuel'] as WebAssembly.Global
          onSuccess(instance)
          return instance.exports
        },
      },
    })
    const module = await newQuickJSWASMModuleFromVariant(engine)
    if (fuel === undefined) throw new TypeError('the engine is not metered')
    return new QuickJs(module.newContext(), fuel, heap)
  }

  get context(): QuickJSContext {
    return this.#context
  }

  /** Whether the fuel of `burn` was used up. */
  get isOutOfFuel(): boolean {
    return this.#wasInterrupted || this.#left === 0
  }

  /** Whether memory was asked for that the heap does not have. */
  get hasFilledHeap(): boolean {
    return this.#heap.wasRefused
  }

  /** Units that the engine has used, for itself and for the program. */
  get spent(): number {
    return this.#granted - this.#left
  }

  /** From here on work is paid from this much. */
  burn(fuel: number): void {
    this.#reserve = Math.ceil(fuel / 4)
    this.#grant(fuel + this.#reserve)
  }

  /** What the run came to can now be asked for, also when it has used up everything. */
  beginReport(): void {
    this.#reserve = 0
    this.#grant(limits.codeReportFuel)
    this.#heap.extend(limits.codeReportBytes)
  }

  get #left(): number {
    return this.#fuel.value
  }

  #grant(fuel: number): void {
    this.#granted += fuel - this.#left
    this.#fuel.value = fuel
  }
}

/** What a metered module begins with, and spends some of while it is made. */
const atFirst = 2 ** 31 - 1

type Heap = {
  readonly memory: WebAssembly.Memory
  readonly wasRefused: boolean
  onAsked(pay: (pages: number) => void): void
  extend(bytes: number): void
}

const pageBytes = 64 * 1024

/**
 * The engine's memory, which cannot outgrow `bytes`. QuickJS has a limit of its own, but compiled to WebAssembly
 * it counts 8 bytes for an allocation of any size: a bomb under "4 MB" wrote up to 2 GB, for seconds.
 */
function boundedHeap(bytes: number): Heap {
  const maximum = Math.ceil((bytes + limits.codeReportBytes) / pageBytes)
  const memory = new WebAssembly.Memory({ initial: limits.codeHeapMinBytes / pageBytes, maximum })
  const grow = memory.grow.bind(memory)
  let allowed = bytes
  let wasRefused = false
  let pay = (_pages: number): void => {}
  // Emscripten catches it and asks for less. One for all: making an error takes longer than refusing.
  const refusal = new RangeError('the heap is full')
  memory.grow = (pages) => {
    const isRefused = memory.buffer.byteLength + pages * pageBytes > allowed
    pay(isRefused ? 1 : pages)
    if (!isRefused) return grow(pages)
    wasRefused = true
    throw refusal
  }
  return {
    memory,
    onAsked(newPay) {
      pay = newPay
    },
    get wasRefused() {
      return wasRefused
    },
    extend(more) {
      allowed += more
    },
  }
}

/** Seconds to the east of Greenwich, in C's `struct tm`. */
const offsetInTm = 36

/**
 * The engine asks the host for the time and for the zone: it is always 1970, in UTC. Emscripten shortens the names of
 * imports, so these are the ones of this very build.
 */
function withoutClock(imports: WebAssembly.Imports, memory: WebAssembly.Memory): WebAssembly.Imports {
  const { a: host = {} } = imports
  const now = (): number => 0
  const localTime = (_time: bigint, tm: number): void => {
    new DataView(memory.buffer).setInt32(tm + offsetInTm, 0, true)
  }
  const setZone = (): void => {}
  return { ...imports, a: { ...host, p: now, m: localTime, n: setZone } }
}

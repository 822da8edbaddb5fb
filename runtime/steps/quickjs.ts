import { limits } from '../../schemas/limits.ts'
import { Fuel, type Halt, type NextTurn } from './code-fuel.ts'
import { Heap } from './code-heap.ts'

/** Where a value of the engine lies in its memory. None is ever let go: the memory is. */
export type Value = number

/** What the engine came to: a value, or what was thrown. */
export type Result = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly thrown: Value }

/** One QuickJS. All that it is lies in its memory and in three numbers, so it can be put back to what it was. */
export class QuickJs {
  readonly #fuel: Fuel
  readonly #heap: Heap
  readonly #stack: WebAssembly.Global
  readonly #exported: ReturnType<typeof exportedBy>
  readonly #runtime: number
  readonly #context: number
  readonly #stackAtRest: number
  /** What is left when a program is asked to stop. Built-in functions are never asked; they are cut off when this is used up too. */
  #reserve = 0
  #wasInterrupted = false

  /** `wasm` is the engine that `scripts/meter-quickjs.ts` made. */
  constructor(wasm: WebAssembly.Module) {
    this.#heap = new Heap((pages) => this.#fuel.pay(pages * limits.codePageFuel))
    const host = hostOf(wasm, this.#heap, () => this.#shouldInterrupt())
    const refuel = new WebAssembly.Suspending(() => this.#fuel.refuel())
    const { exports } = new WebAssembly.Instance(wasm, { a: host, meter: { refuel } })
    const { fuel, pages, stack } = exports as Record<string, WebAssembly.Global>
    if (fuel === undefined || pages === undefined || stack === undefined)
      throw new TypeError('the engine is not metered')
    this.#fuel = new Fuel(fuel)
    this.#stack = stack
    this.#stackAtRest = stack.value
    // The heap begins where the stack does, which grows downwards.
    this.#heap.begin(pages, stack.value)
    this.#exported = exportedBy(exports)
    this.#exported.initialize()
    this.#runtime = this.#exported.newRuntime()
    this.#context = this.#exported.newContext(this.#runtime, 0)
    this.#exported.setMaxStackSize(this.#runtime, limits.codeStackBytes)
    this.#exported.enableInterruptHandler(this.#runtime)
  }

  /** `reset` returns to what there is now. */
  remember(): void {
    this.#heap.remember()
  }

  /** After a trap nothing in the engine can be believed (workerd#3264); but no byte of that stays. */
  reset(): void {
    this.#stack.value = this.#stackAtRest
    this.#heap.forget()
  }

  get isLarge(): boolean {
    return this.#heap.isLarge
  }

  /** A run may have so much memory, and goes on at the turns that `next` waits for. */
  begin(heapBytes: number, next: NextTurn): void {
    this.#heap.allow(heapBytes)
    this.#fuel.begin(next)
    this.#fuel.grant(limits.codeInputFuel)
    this.#reserve = 0
    this.#wasInterrupted = false
  }

  /** From here on work is paid from this much, and asked to stop when it is used up. */
  burn(fuel: number): void {
    this.#reserve = Math.ceil(fuel / 4)
    this.#fuel.grant(fuel + this.#reserve)
  }

  /** What the run came to can now be asked for, also when it has used up everything. */
  beginReport(): void {
    this.#reserve = 0
    this.#fuel.grant(limits.codeReportFuel)
    this.#heap.extend(limits.codeReportBytes)
  }

  /** Whether the fuel of `burn` was used up. */
  get isOutOfFuel(): boolean {
    return this.#wasInterrupted || this.#fuel.isUsedUp
  }

  /** Why the engine was cut off before that. */
  get halt(): Halt | null {
    return this.#fuel.halt
  }

  /** Whether memory was asked for that the heap does not have. */
  get hasFilledHeap(): boolean {
    return this.#heap.wasRefused
  }

  /** Runs a source to its end, as a script or as a module. */
  async evaluate(source: string, name: string, { isModule }: { readonly isModule: boolean }): Promise<Result> {
    const [code, file] = [this.#written(source), this.#written(name)]
    const value = await this.#fuel.spend(() =>
      this.#exported.evaluate(this.#context, code.at, code.bytes, file.at, 0, isModule ? moduleFlag : 0),
    )
    this.#exported.free(code.at)
    return this.#resultOf(value)
  }

  async call(work: Value, ...args: readonly Value[]): Promise<Result> {
    const list = this.#allocated(args.length * pointerBytes)
    new Uint32Array(this.#heap.memory.buffer, list, args.length).set(args)
    const value = await this.#fuel.spend(() =>
      this.#exported.call(this.#context, work, this.#exported.undefined(), args.length, list),
    )
    return this.#resultOf(value)
  }

  /** Does what promises wait for, until nothing is left to do. What is thrown is no promise's. */
  async settle(): Promise<Result> {
    const context = this.#allocated(pointerBytes)
    const value = await this.#fuel.spend(() => this.#exported.settle(this.#runtime, -1, context))
    // How many there were, or what was thrown.
    return this.#read(this.#exported.type(this.#context, value)) === 'number'
      ? { ok: true, value }
      : { ok: false, thrown: value }
  }

  property(object: Value, name: string): Value {
    return this.#exported.property(this.#context, object, this.value(name))
  }

  text(value: Value): string {
    return this.#read(this.#exported.text(this.#context, value))
  }

  value(text: string): Value {
    const { at } = this.#written(text)
    const value = this.#exported.value(this.#context, at)
    this.#exported.free(at)
    return value
  }

  /** Programs are asked to stop in between; that cannot be caught, and leaves an engine that can still tell. */
  #shouldInterrupt(): boolean {
    this.#wasInterrupted ||= this.#reserve > 0 && this.#fuel.left <= this.#reserve
    return this.#wasInterrupted && this.#reserve > 0
  }

  #resultOf(value: Value): Result {
    const thrown = this.#exported.thrown(this.#context, value)
    return thrown === 0 ? { ok: true, value } : { ok: false, thrown }
  }

  /** Text in UTF-8 in the engine's memory, with the zero at its end that C asks for. */
  #written(text: string): { readonly at: number; readonly bytes: number } {
    const encoded = new TextEncoder().encode(text)
    const at = this.#allocated(encoded.length + 1)
    const memory = new Uint8Array(this.#heap.memory.buffer, at, encoded.length + 1)
    memory.set(encoded)
    memory[encoded.length] = 0
    return { at, bytes: encoded.length }
  }

  #allocated(bytes: number): number {
    const at = this.#exported.allocate(bytes)
    if (at === 0) throw new WebAssembly.RuntimeError('the heap is full')
    return at
  }

  #read(at: number): string {
    const memory = new Uint8Array(this.#heap.memory.buffer)
    return new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at)))
  }
}

const pointerBytes = 4
/** `JS_EVAL_TYPE_MODULE` of QuickJS. */
const moduleFlag = 1

/** What of the engine is used here. Emscripten shortens names, so these are the ones of this very build. */
function exportedBy(exports: WebAssembly.Exports) {
  const exported = (name: string) => exports[name] as (...args: number[]) => number
  return {
    initialize: exported('u'),
    allocate: exported('v'),
    free: exported('M'),
    newRuntime: exported('K'),
    newContext: exported('N'),
    setMaxStackSize: exported('D'),
    enableInterruptHandler: exported('Fa'),
    undefined: exported('E'),
    value: exported('_'),
    text: exported('$'),
    type: exported('ra'),
    property: exported('ha'),
    thrown: exported('na'),
    // Only under an export that was made promising may the engine wait.
    evaluate: WebAssembly.promising(exported('pa')),
    call: WebAssembly.promising(exported('ma')),
    settle: WebAssembly.promising(exported('ga')),
  }
}

/** `ENOSYS` of WASI, for the environment. */
const unsupported = 52
/** Seconds to the east of Greenwich, in C's `struct tm`. */
const offsetInTm = 36

/** What the engine asks of the host. For it the time is always 1970, in UTC; files, modules and functions it is refused. */
function hostOf(wasm: WebAssembly.Module, heap: Heap, shouldInterrupt: () => boolean): WebAssembly.ModuleImports {
  const refused = (): never => {
    throw new WebAssembly.RuntimeError('the host has nothing for a program')
  }
  const asked = WebAssembly.Module.imports(wasm).filter(({ kind }) => kind === 'function')
  return {
    ...Object.fromEntries(asked.map(({ name }) => [name, refused])),
    a: heap.memory,
    f: (): number => unsupported,
    i: () => (shouldInterrupt() ? 1 : 0),
    k: heap.grow,
    m: (_time: bigint, tm: number): void => new DataView(heap.memory.buffer).setInt32(tm + offsetInTm, 0, true),
    n: (): void => {},
    p: (): number => 0,
  }
}

import { limits } from '../../schemas/limits.ts'

const pageBytes = 64 * 1024
const atFirst = limits.codeHeapMinBytes / pageBytes
const stepPages = 64
const maximum = (limits.codeHeapBytes + limits.codeReportBytes) / pageBytes

/**
 * The engine's memory, which no run sees more of than it may have. QuickJS has a limit of its own, but compiled to
 * WebAssembly it counts 8 bytes for an allocation of any size: a bomb under "4 MB" wrote up to 2 GB, for seconds.
 */
export class Heap {
  readonly memory = new WebAssembly.Memory({ initial: atFirst, maximum })
  readonly #pay: (pages: number) => void
  #pages = new WebAssembly.Global({ value: 'i32', mutable: true }, 0)
  #image: Uint8Array = new Uint8Array()
  #allowed = 0
  #wasRefused = false

  /** The host's work is paid for, too: getting pages ready, or refusing one. */
  constructor(pay: (pages: number) => void) {
    this.#pay = pay
  }

  /** `pages` is what the engine takes to be there; it begins with the first `bytes`. */
  begin(pages: WebAssembly.Global, bytes: number): void {
    this.#pages = pages
    pages.value = Math.ceil(bytes / pageBytes)
    this.allow(limits.codeHeapMinBytes)
  }

  /** What the engine asks when it needs so many bytes in all; whether it may have them. */
  readonly grow = (bytes: number): number => {
    // The engine counts without a sign.
    const wanted = bytes >>> 0
    if (wanted > this.#allowed) {
      this.#wasRefused = true
      this.#pay(1)
      return 0
    }
    const pages = Math.ceil(wanted / pageBytes)
    this.#pay(Math.max(pages - Math.max(this.#pages.value, atFirst), 0))
    const present = this.memory.buffer.byteLength / pageBytes
    // Each time the platform makes a new buffer, so that rather few are asked for.
    if (pages > present) this.memory.grow(Math.min(Math.max(pages - present, stepPages), maximum - present))
    this.#pages.value = pages
    return 1
  }

  get wasRefused(): boolean {
    return this.#wasRefused
  }

  allow(bytes: number): void {
    this.#allowed = bytes
    this.#wasRefused = false
  }

  extend(bytes: number): void {
    this.#allowed += bytes
  }

  /** A large one is not kept for the next run: nobody may need so much for a long time. */
  get isLarge(): boolean {
    return this.memory.buffer.byteLength > limits.codeHeapMinBytes
  }

  /** What `forget` returns to. */
  remember(): void {
    this.#image = new Uint8Array(this.memory.buffer.slice(0, this.#used))
  }

  /** Puts every byte back to what it was. */
  forget(): void {
    const memory = new Uint8Array(this.memory.buffer)
    memory.set(this.#image)
    memory.fill(0, this.#image.length, this.#used)
    this.#pages.value = this.#image.length / pageBytes
  }

  /** Nothing beyond was ever written. */
  get #used(): number {
    return this.#pages.value * pageBytes
  }
}

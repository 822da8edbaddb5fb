import { limits } from '../../schemas/limits.ts'
import type { Halt } from './code-fuel.ts'

/**
 * Programs that take longer than a slice, in the order in which they came. All the objects of a process share its one
 * thread and its memory, so these are the process's and no object's. No object waits for another's promise: each
 * looks again by itself. One that does not come back long after it was due is gone, with its object.
 */
const long = new Set<Turns>()

/** Why a program never runs again. */
export type Stopped = Exclude<Halt, 'crowded'>

export type TurnsOptions = {
  /** Epoch milliseconds, and waiting for some. Only when a program runs depends on them, never what comes of it. */
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly deadline: number
  readonly signal: AbortSignal
  readonly heapBytes: number
}

/** When one program may run. */
export class Turns {
  readonly #options: TurnsOptions
  #dueAt = 0

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /** Before anything runs: a turn of the event loop at least, so that what else is due goes first. */
  begin(): Promise<Stopped | null> {
    return this.#wait(0)
  }

  /** After a slice: others have the process for some times as long, and for that again on behalf of each long program. */
  readonly next = async (spent: number): Promise<Halt | null> => {
    const { place, places } = this.#standing()
    return place >= places ? 'crowded' : this.#wait((spent / limits.codeFuelPerMs) * limits.codeOthersShare * places)
  }

  /** Before a program that is known to be long: until its heap and those of the programs before it have room. */
  async placeCame(): Promise<Stopped | null> {
    for (;;) {
      const { place, places } = this.#standing()
      if (place < places) return null
      // The later ones look less often, so that many do not keep the process busy.
      const halt = await this.#wait(limits.codePlaceMs * (place - places + 1))
      if (halt !== null) return halt
    }
  }

  end(): void {
    long.delete(this)
  }

  /** How many long programs came before this one, and how many of all have room together. */
  #standing(): { readonly place: number; readonly places: number } {
    const now = this.#options.now()
    this.#dueAt = now
    long.add(this)
    for (const turns of long) if (now - turns.#dueAt > limits.codeLostMs) long.delete(turns)
    const inOrder = [...long]
    let bytes = 0
    const places = inOrder.findIndex((turns) => {
      bytes += turns.#options.heapBytes
      return bytes > limits.codeHeapBytes
    })
    return { place: inOrder.indexOf(this), places: places === -1 ? inOrder.length : places }
  }

  async #wait(ms: number): Promise<Stopped | null> {
    const { now, sleep, signal, deadline } = this.#options
    this.#dueAt = now() + ms
    await sleep(ms)
    if (signal.aborted) return 'cancelled'
    return now() >= deadline ? 'late' : null
  }
}

import type { Dice } from './dice.ts'

/** Everything that this platform does wrong, and how often when it has a bad day. To add a fault, name it here and ask `strikes` where it happens. */
const often = {
  // Storage
  'commit fails': 0.02,
  'statement fails': 0.004,
  'crash before commit': 0.02,
  'crash after commit': 0.02,
  // Alarms
  'alarm early': 0.1,
  'alarm late': 0.1,
  'alarm twice': 0.1,
  'alarm lost': 0.1,
  'alarm forgotten': 0.05,
  'alarm handler killed': 0.25,
  // Calls between objects, and of clients
  'request lost': 0.04,
  'request late': 0.06,
  'request outlives its caller': 0.04,
  'request twice': 0.04,
  'object overloaded': 0.04,
  'reply lost': 0.04,
  'crash after reply': 0.03,
  'network slow': 0.05,
  'load fails': 0.05,
  // Whole objects
  'object killed': 0.015,
  'object replaced': 0.015,
  // Clocks
  'clock forward': 0.002,
  'clock back': 0.002,
  'clock frozen': 0.002,
  // Endpoints
  'endpoint fails': 0.25,
  'endpoint refuses': 0.06,
  'endpoint hangs': 0.08,
  'endpoint answers late': 0.08,
  'endpoint resets': 0.1,
  'endpoint kills': 0.06,
  'runner stuck': 0.04,
} as const

/** What no day brings: a test aims each at one operation of its kind, to fail it, or to crash before it or after it. */
const aimed = [
  'append fails',
  'crash before append',
  'crash after append',
  'snapshot fails',
  'crash before snapshot',
  'crash after snapshot',
  'setting an alarm fails',
  'crash after setting an alarm',
  'crash before alarm',
  'crash after alarm',
  'crash before attempt',
  'caller crashes before call',
  'callee crashes before call',
  'callee crashes before reply',
  'caller crashes before reply',
] as const

/** One that a day may bring. */
export type DailyFault = keyof typeof often
export type Fault = DailyFault | (typeof aimed)[number]

/** Says of every operation whether something goes wrong with it. */
export interface FaultSource {
  /** Whether it happens now, at the object or the place of that name. */
  strikes(fault: Fault, at: string): boolean
  /** The bad day ends. */
  end(): void
}
export const faultNames = Object.keys(often) as readonly DailyFault[]

/** The faults of one seed: some of them, each with a weight of its own, so that every seed has another kind of bad day. */
export class Faults implements FaultSource {
  readonly #dice: Dice
  readonly #chances = new Map<Fault, number>()
  readonly #onStrike: (fault: Fault, at: string) => void
  #isOver = false

  constructor(dice: Dice, onStrike: (fault: Fault, at: string) => void, without: ReadonlySet<string>) {
    this.#dice = dice
    const random = dice.of('the faults of the day')
    this.#onStrike = onStrike
    const share = random.next()
    for (const fault of faultNames) {
      const isChosen = random.next() < share
      const weight = 0.3 + 2 * random.next()
      if (isChosen && !without.has(fault)) this.#chances.set(fault, Math.min(often[fault] * weight, 0.5))
    }
  }

  get chosen(): readonly Fault[] {
    return [...this.#chances.keys()]
  }

  strikes(fault: Fault, at: string): boolean {
    const chance = this.#chances.get(fault)
    if (chance === undefined || this.#isOver || this.#dice.of(`${fault} ${at}`).next() >= chance) return false
    this.#onStrike(fault, at)
    return true
  }

  end(): void {
    this.#isOver = true
  }
}

import { BudgetError } from './expression-error.ts'

/** Plain JSON by root: `trigger`, `steps`, `item`, and so on. */
export type Scope = Readonly<Record<string, unknown>>

/** One evaluation: what it may read, the variables of its macros, and the steps it has left. */
export class Frame {
  readonly scope: Scope
  readonly locals: unknown[] = []
  stepsLeft: number

  constructor(scope: Scope, steps: number) {
    this.scope = scope
    this.stepsLeft = steps
  }

  /** Pays for work before it is done. Throws a `BudgetError` when the steps are used up. */
  charge(steps: number): void {
    this.stepsLeft -= steps
    if (this.stepsLeft < 0) throw new BudgetError('the steps of an evaluation are used up')
  }

  /** Pays for reading or making this much text: 1 step for each 1,024 characters begun. */
  chargeText(characters: number): void {
    this.charge(1 + (characters >> 10))
  }

  /** Pays for touching this many elements of a list: 1 step for each 8 begun. */
  chargeElements(elements: number): void {
    this.charge(1 + (elements >> 3))
  }
}

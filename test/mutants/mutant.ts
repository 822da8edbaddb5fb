/** A bug that is put into the code, to see that a check finds it. */
export type Mutant = {
  readonly id: string
  /** What the code does wrong then. */
  readonly bug: string
  readonly file: string
  /** Stands in the file once. */
  readonly find: string
  readonly replace: string
  readonly killer: Killer
}

/** What must fail when the bug is there: tests of a file whose names hold a text, or the simulation with one of its seeds. */
export type Killer = { readonly test: string; readonly name: string } | 'simulation'

/** A bug of the list of known ones that cannot be put in, and why. */
export type Inapplicable = { readonly bug: string; readonly reason: string }

import { engineMutants } from './engine-mutants.ts'
import type { Mutant } from './mutant.ts'
import { platformMutants } from './platform-mutants.ts'

/** All that can be put in. */
export const mutants: readonly Mutant[] = [
  ...Object.values(platformMutants).flatMap((known) => ('id' in known ? [known] : [])),
  ...engineMutants,
]

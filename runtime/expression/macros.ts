import type { ASTNode } from '@marcbachmann/cel-js'

import type { Compiled, Names } from './compiled.ts'
import { compileExistsOne, compileFilter, compileMap, compileQuantifier, compileSortBy } from './loops.ts'
import { compileHasValue, compileOr, compileValue } from './optional-macros.ts'
import { compileRe } from './pattern.ts'

type Macro = (receiver: ASTNode, args: readonly ASTNode[], names: Names) => Compiled

/** Calls that decide for themselves whether, and how often, their arguments are evaluated. */
const macros: Readonly<Record<string, Readonly<Record<number, Macro>>>> = {
  map: { 2: compileMap, 3: compileMap },
  filter: { 2: compileFilter },
  sortBy: { 2: compileSortBy },
  exists: { 2: (receiver, args, names) => compileQuantifier('exists', receiver, args, names) },
  all: { 2: (receiver, args, names) => compileQuantifier('all', receiver, args, names) },
  exists_one: { 2: compileExistsOne },
  orValue: { 1: (receiver, args, names) => compileOr(receiver, args, names, false) },
  or: { 1: (receiver, args, names) => compileOr(receiver, args, names, true) },
  hasValue: { 0: compileHasValue },
  value: { 0: compileValue },
  re: { 1: compileRe },
}

export const macroNames = (isMethod: boolean): readonly string[] => (isMethod ? Object.keys(macros) : ['has'])

export const macroNamed = (name: string, count: number): Macro | undefined =>
  Object.hasOwn(macros, name) ? macros[name]?.[count] : undefined

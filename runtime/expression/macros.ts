import type { ASTNode } from '@marcbachmann/cel-js'

import { type Compiled, type Names, textOf, withLocal } from './compiled.ts'
import { BudgetError, ExpressionError } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { sortedBy } from './list-functions.ts'
import { lookUpOptional } from './lookup.ts'
import { compilePattern } from './pattern.ts'
import { CompileError } from './problem.ts'
import { isForbiddenName, kindOf, nameOf, Optional, type StaticKind } from './value.ts'

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

/** `has(a.b)`: whether the whole path is there. A missing part in the middle is false too, not an error. */
export function compileHas(args: readonly ASTNode[], names: Names): Compiled {
  const [path] = args
  const keys: Compiled[] = []
  let node = path
  while (node !== undefined && (node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]')) {
    keys.unshift(keyOf(node.args[1], names))
    node = node.args[0]
  }
  if (node === undefined || keys.length === 0 || args.length !== 1) {
    throw new CompileError('expression_type', 'has(…) needs one field to look for', 'write has(trigger.body.name)')
  }
  const base = names.compile(node, names)
  return {
    kind: 'boolean',
    code(frame) {
      frame.charge(keys.length)
      let value = base.code(frame)
      for (const key of keys) value = lookUpOptional(value, key.code(frame))
      return (value as Optional).value !== undefined
    },
  }
}

const keyOf = (key: string | ASTNode, names: Names): Compiled =>
  typeof key === 'string' ? { kind: 'string', code: () => key } : names.compile(key, names)

type Loop = {
  readonly elements: (frame: Frame) => readonly unknown[]
  readonly slot: number
  readonly inner: Names
}

function compileLoop(receiver: ASTNode, variable: ASTNode | undefined, names: Names): Loop {
  const iterable = names.compile(receiver, names)
  if (iterable.kind !== 'any' && iterable.kind !== 'list' && iterable.kind !== 'map') {
    throw new CompileError('expression_type', ...notIterable(receiver, iterable.kind))
  }
  // The parser has refused everything but a name here.
  const { inner, slot } = withLocal(names, variable?.args as string)
  return { slot, inner, elements: (frame) => elementsOf(iterable.code(frame), receiver) }
}

/** The elements of a list, or the keys of an object. */
function elementsOf(value: unknown, receiver: ASTNode): readonly unknown[] {
  const kind = kindOf(value)
  if (kind === 'list') return value as readonly unknown[]
  if (kind === 'map') return Object.keys(value as object).filter((key) => !isForbiddenName(key))
  throw new ExpressionError('type', ...notIterable(receiver, kind))
}

const notIterable = (receiver: ASTNode, kind: StaticKind): [message: string, mend: string] => [
  `\`${textOf(receiver)}\` is ${nameOf(kind)}, not a list`,
  kind === 'optional'
    ? 'say what stands for an absent list: .orValue([])'
    : 'use it on a list, or on the keys of an object',
]

function compileTest(node: ASTNode, names: Names): (frame: Frame) => boolean {
  const test = names.compile(node, names)
  if (test.kind !== 'any' && test.kind !== 'boolean') {
    throw new CompileError('expression_type', ...notATest(node, test.kind))
  }
  return (frame) => {
    const result = test.code(frame)
    if (typeof result === 'boolean') return result
    throw new ExpressionError('type', ...notATest(node, kindOf(result)))
  }
}

const notATest = (node: ASTNode, kind: StaticKind): [message: string, mend: string] => [
  `\`${textOf(node)}\` must be true or false, but it is ${nameOf(kind)}`,
  'compare it with something, as in x.count > 0',
]

function compileMap(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const { elements, slot, inner } = compileLoop(receiver, args[0], names)
  const [transform, test] = [args.at(-1), args.length === 3 ? args[1] : undefined]
  const keep = test === undefined ? undefined : compileTest(test, inner)
  const { code } = inner.compile(transform as ASTNode, inner)
  return {
    kind: 'list',
    code(frame) {
      const results: unknown[] = []
      for (const element of elements(frame)) {
        frame.charge(1)
        frame.locals[slot] = element
        if (keep === undefined || keep(frame)) results.push(code(frame))
      }
      return results
    },
  }
}

function compileFilter(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const { elements, slot, inner } = compileLoop(receiver, args[0], names)
  const keep = compileTest(args[1] as ASTNode, inner)
  return {
    kind: 'list',
    code: (frame) =>
      elements(frame).filter((element) => {
        frame.charge(1)
        frame.locals[slot] = element
        return keep(frame)
      }),
  }
}

function compileSortBy(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const { elements, slot, inner } = compileLoop(receiver, args[0], names)
  const { code } = inner.compile(args[1] as ASTNode, inner)
  return {
    kind: 'list',
    code(frame) {
      const list = elements(frame)
      const keys = list.map((element) => {
        frame.charge(1)
        frame.locals[slot] = element
        return code(frame)
      })
      return sortedBy(frame, list, keys)
    },
  }
}

/** An element that decides wins over one that fails, wherever it stands in the list. */
function compileQuantifier(
  name: 'exists' | 'all',
  receiver: ASTNode,
  args: readonly ASTNode[],
  names: Names,
): Compiled {
  const { elements, slot, inner } = compileLoop(receiver, args[0], names)
  const test = compileTest(args[1] as ASTNode, inner)
  const decisive = name === 'exists'
  return {
    kind: 'boolean',
    code(frame) {
      let failure: unknown
      for (const element of elements(frame)) {
        frame.charge(1)
        frame.locals[slot] = element
        try {
          if (test(frame) === decisive) return decisive
        } catch (error) {
          if (error instanceof BudgetError) throw error
          failure ??= error
        }
      }
      if (failure !== undefined) throw failure
      return !decisive
    },
  }
}

function compileExistsOne(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const matches = compileFilter(receiver, args, names)
  return { kind: 'boolean', code: (frame) => (matches.code(frame) as readonly unknown[]).length === 1 }
}

function compileOptional(receiver: ASTNode, names: Names): (frame: Frame) => Optional {
  const compiled = names.compile(receiver, names)
  if (compiled.kind !== 'any' && compiled.kind !== 'optional')
    throw new CompileError('expression_type', ...notOptional(receiver))
  return (frame) => {
    const value = compiled.code(frame)
    if (value instanceof Optional) return value
    throw new ExpressionError('type', ...notOptional(receiver))
  }
}

const notOptional = (node: ASTNode): [message: string, mend: string] => [
  `\`${textOf(node)}\` is never absent: it has a value or it fails`,
  'mark the field that may be absent: a.?b.orValue(…)',
]

function compileOr(receiver: ASTNode, args: readonly ASTNode[], names: Names, staysOptional: boolean): Compiled {
  const optional = compileOptional(receiver, names)
  const fallback = staysOptional
    ? compileOptional(args[0] as ASTNode, names)
    : names.compile(args[0] as ASTNode, names).code
  return {
    kind: staysOptional ? 'optional' : 'any',
    code(frame) {
      frame.charge(1)
      const value = optional(frame)
      if (value.value === undefined) return fallback(frame)
      return staysOptional ? value : value.value
    },
  }
}

function compileHasValue(receiver: ASTNode, _args: readonly ASTNode[], names: Names): Compiled {
  const optional = compileOptional(receiver, names)
  return { kind: 'boolean', code: (frame) => optional(frame).value !== undefined }
}

function compileValue(receiver: ASTNode, _args: readonly ASTNode[], names: Names): Compiled {
  const optional = compileOptional(receiver, names)
  return {
    kind: 'any',
    code(frame) {
      const { value } = optional(frame)
      if (value !== undefined) return value
      throw new ExpressionError('missing', `\`${textOf(receiver)}\` is absent`, 'write .orValue(…) instead of .value()')
    },
  }
}

function compileRe(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const text = names.compile(receiver, names)
  const pattern = names.compile(args[0] as ASTNode, names).constant
  if (typeof pattern !== 'string') {
    throw new CompileError(
      'not_supported',
      'the pattern of re(…) must be a literal text',
      "write .re('^[A-Z]+-[0-9]+$')",
    )
  }
  const matches = compilePattern(pattern)
  return {
    kind: 'boolean',
    code(frame) {
      const value = text.code(frame)
      if (typeof value === 'string') return matches(value, frame)
      const message = `\`${textOf(receiver)}\` is ${nameOf(kindOf(value))}, so it cannot be matched`
      throw new ExpressionError('type', message, 'turn it into text first: string(…)')
    },
  }
}

import type { ASTNode } from '@marcbachmann/cel-js'

import { compileBoolean } from './compile-operators.ts'
import { type Compiled, type Names, textOf, withLocal } from './compiled.ts'
import { BudgetError, type Explanation, ExpressionError } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { sortedBy } from './list-functions.ts'
import { CompileError } from './problem.ts'
import { isForbiddenName, kindOf, nameOf, type StaticKind } from './value.ts'

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
  return { slot, inner, elements: (frame) => elementsOf(frame, iterable.code(frame), receiver) }
}

/** The elements of a list, or the keys of an object. */
function elementsOf(frame: Frame, value: unknown, receiver: ASTNode): readonly unknown[] {
  const kind = kindOf(value)
  if (kind === 'list') return value as readonly unknown[]
  if (kind === 'map') return keysOf(frame, value as object)
  throw new ExpressionError('type', () => notIterable(receiver, kind))
}

function keysOf(frame: Frame, map: object): readonly string[] {
  const keys = Object.keys(map)
  frame.chargeElements(keys.length)
  return keys.filter((key) => !isForbiddenName(key))
}

const notIterable = (receiver: ASTNode, kind: StaticKind): Explanation => [
  `\`${textOf(receiver)}\` is ${nameOf(kind)}, not a list`,
  kind === 'optional'
    ? 'say what stands for an absent list: .orValue([])'
    : 'use it on a list, or on the keys of an object',
]

export function compileMap(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const { elements, slot, inner } = compileLoop(receiver, args[0], names)
  const [transform, test] = [args.at(-1), args.length === 3 ? args[1] : undefined]
  const keep = test === undefined ? undefined : compileBoolean(test, inner)
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

export function compileFilter(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const { elements, slot, inner } = compileLoop(receiver, args[0], names)
  const keep = compileBoolean(args[1] as ASTNode, inner)
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

export function compileSortBy(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
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
export function compileQuantifier(
  name: 'exists' | 'all',
  receiver: ASTNode,
  args: readonly ASTNode[],
  names: Names,
): Compiled {
  const { elements, slot, inner } = compileLoop(receiver, args[0], names)
  const test = compileBoolean(args[1] as ASTNode, inner)
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

export function compileExistsOne(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const matches = compileFilter(receiver, args, names)
  return { kind: 'boolean', code: (frame) => (matches.code(frame) as readonly unknown[]).length === 1 }
}

import type { ASTNode, ASTOperator } from '@marcbachmann/cel-js'
import { serialize } from '@marcbachmann/cel-js'

import type { Frame } from './frame.ts'
import type { StaticKind } from './value.ts'

export type NodeOf<Operator extends ASTOperator> = Extract<ASTNode, { op: Operator }>

/** One node made ready: what it does, and the kind of its result as far as that is known before. */
export type Compiled = {
  readonly code: (frame: Frame) => unknown
  readonly kind: StaticKind
  /** The value of a literal. */
  readonly constant?: string | number | bigint | boolean | null
}

/** What the names in an expression stand for at one place of it. */
export type Names = {
  /** Roots of the scope. */
  readonly roots: readonly string[]
  /** Nodes whose steps may be read; undefined when any may. */
  readonly steps: readonly string[] | undefined
  /** Roots of other places, each with what to do about it. */
  readonly elsewhere: ReadonlyMap<string, string>
  /** Variables of the macros around this place, and where the frame keeps them. */
  readonly locals: ReadonlyMap<string, number>
  readonly compile: (node: ASTNode, names: Names) => Compiled
}

/** The names inside a macro: those around it and its variable. */
export function withLocal(names: Names, name: string): { inner: Names; slot: number } {
  const slot = Math.max(-1, ...names.locals.values()) + 1
  return { inner: { ...names, locals: new Map([...names.locals, [name, slot]]) }, slot }
}

/** A node as text, for messages. */
export const textOf = (node: ASTNode): string => {
  const text = serialize(node)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

import type { ASTNode } from '@marcbachmann/cel-js'

import { type Compiled, type Names, textOf } from './compiled.ts'
import { type Explanation, ExpressionError } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { compileKey } from './key.ts'
import { lookUpOptional } from './lookup.ts'
import { CompileError } from './problem.ts'
import { Optional } from './value.ts'

/** `has(a.b)`: whether the whole path is there. A missing part in the middle is false too, not an error. */
export function compileHas(args: readonly ASTNode[], names: Names): Compiled {
  const [path] = args
  const keys: Compiled[] = []
  let node = path
  while (node !== undefined && (node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]')) {
    keys.unshift(compileKey(node.args[0], node.args[1], names))
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

function compileOptional(receiver: ASTNode, names: Names): (frame: Frame) => Optional {
  const compiled = names.compile(receiver, names)
  if (compiled.kind !== 'any' && compiled.kind !== 'optional')
    throw new CompileError('expression_type', ...notOptional(receiver))
  return (frame) => {
    const value = compiled.code(frame)
    if (value instanceof Optional) return value
    throw new ExpressionError('type', () => notOptional(receiver))
  }
}

const notOptional = (node: ASTNode): Explanation => [
  `\`${textOf(node)}\` is never absent: it has a value or it fails`,
  'mark the field that may be absent: a.?b.orValue(…)',
]

export function compileOr(receiver: ASTNode, args: readonly ASTNode[], names: Names, staysOptional: boolean): Compiled {
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

export function compileHasValue(receiver: ASTNode, _args: readonly ASTNode[], names: Names): Compiled {
  const optional = compileOptional(receiver, names)
  return { kind: 'boolean', code: (frame) => optional(frame).value !== undefined }
}

export function compileValue(receiver: ASTNode, _args: readonly ASTNode[], names: Names): Compiled {
  const optional = compileOptional(receiver, names)
  return {
    kind: 'any',
    code(frame) {
      const { value } = optional(frame)
      if (value !== undefined) return value
      throw new ExpressionError('missing', () => [
        `\`${textOf(receiver)}\` is absent`,
        'write .orValue(…) instead of .value()',
      ])
    },
  }
}

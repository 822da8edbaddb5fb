import type { ASTNode, ASTOperator } from '@marcbachmann/cel-js'

import { compileCall } from './calls.ts'
import {
  compileArithmetic,
  compileComparison,
  compileEquality,
  compileIn,
  compileLogic,
  compileNegation,
  compileNot,
  compileTernary,
} from './compile-operators.ts'
import { type Compiled, type Names, type NodeOf, textOf } from './compiled.ts'
import { failed } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { assertReadable, compileKey } from './key.ts'
import { lookUp, lookUpOptional, missing } from './lookup.ts'
import { macroNamed } from './macros.ts'
import { isInt } from './operators.ts'
import { compileHas } from './optional-macros.ts'
import { CompileError } from './problem.ts'
import { unknownRoot } from './unknown-name.ts'
import { isForbiddenName, kindOf, nameOf, Optional } from './value.ts'

type Compilers = { readonly [Operator in ASTOperator]: (node: NodeOf<Operator>, names: Names) => Compiled }

/** Every kind of node that may be evaluated. One that the parser may learn later is refused until it stands here. */
const compilers: Compilers = {
  value: compileLiteral,
  id: compileName,
  '.': (node, names) => compileRead(node, node.args[0], node.args[1], names),
  '[]': (node, names) => compileRead(node, node.args[0], node.args[1], names),
  '.?': (node, names) => compileOptionalRead(node.args[0], node.args[1], names),
  '[?]': (node, names) => compileOptionalRead(node.args[0], node.args[1], names),
  call: compileGlobal,
  rcall: compileMethod,
  list: compileList,
  map: compileMap,
  '?:': compileTernary,
  '||': (node, names) => compileLogic(true, node, names),
  '&&': (node, names) => compileLogic(false, node, names),
  '!_': compileNot,
  '-_': compileNegation,
  '+': (node, names) => compileArithmetic('+', node, names),
  '-': (node, names) => compileArithmetic('-', node, names),
  '*': (node, names) => compileArithmetic('*', node, names),
  '/': (node, names) => compileArithmetic('/', node, names),
  '%': (node, names) => compileArithmetic('%', node, names),
  '<': (node, names) => compileComparison('<', node, names),
  '<=': (node, names) => compileComparison('<=', node, names),
  '>': (node, names) => compileComparison('>', node, names),
  '>=': (node, names) => compileComparison('>=', node, names),
  '==': (node, names) => compileEquality(true, node, names),
  '!=': (node, names) => compileEquality(false, node, names),
  in: compileIn,
}

/** Makes a node ready to be evaluated often. Throws a `CompileError` that says what is wrong with it. */
export function compileNode(node: ASTNode, names: Names): Compiled {
  if (!Object.hasOwn(compilers, node.op)) {
    throw new CompileError('not_supported', `\`${node.op}\` is not supported`, 'write it in another way')
  }
  // The operator of the node picks the compiler of its own kind.
  const compiler = compilers[node.op] as (node: ASTNode, names: Names) => Compiled
  return compiler(node, names)
}

function compileLiteral({ args: value }: NodeOf<'value'>): Compiled {
  if (typeof value === 'bigint' && !isInt(value)) {
    throw new CompileError('expression_type', `${value} is too large for a whole number`, 'write it as text')
  }
  if (typeof value === 'object' && value !== null) {
    const [what, mend] =
      value instanceof Uint8Array ? ['bytes', "write text: 'abc'"] : ['numbers with u', 'leave out the u']
    throw new CompileError('not_supported', `${what} are not supported, as JSON has none`, mend)
  }
  return { kind: kindOf(value), constant: value, code: () => value }
}

function compileName(node: NodeOf<'id'>, names: Names): Compiled {
  const name = node.args
  const slot = names.locals.get(name)
  if (slot !== undefined) return { kind: 'any', code: (frame) => frame.locals[slot] }
  if (!names.roots.includes(name)) throw unknownRoot(name, names, node.input)
  return {
    kind: 'any',
    code(frame) {
      const value = Object.hasOwn(frame.scope, name) ? frame.scope[name] : undefined
      if (value !== undefined) return value
      throw failed('missing', `\`${name}\` does not exist here`, 'use it only where it has a value')
    },
  }
}

function compileRead(node: ASTNode, owner: ASTNode, index: string | ASTNode, names: Names): Compiled {
  const key = compileKey(owner, index, names)
  const container = names.compile(owner, names)
  const isReadable = ['any', 'map', 'list', 'optional'].includes(container.kind)
  if (!isReadable) {
    const message = `\`${textOf(owner)}\` is ${nameOf(container.kind)}, so it has no fields`
    throw new CompileError('expression_type', message, 'read fields only of objects and lists')
  }
  return {
    kind: container.kind === 'optional' ? 'optional' : 'any',
    code(frame) {
      frame.charge(1)
      const from = container.code(frame)
      const at = key.code(frame)
      if (from instanceof Optional) return lookUpOptional(from, at)
      const value = lookUp(from, at)
      if (value === undefined) throw missing(from, at, node, owner)
      return value
    },
  }
}

function compileOptionalRead(owner: ASTNode, index: string | ASTNode, names: Names): Compiled {
  const key = compileKey(owner, index, names)
  const container = names.compile(owner, names)
  return {
    kind: 'optional',
    code(frame) {
      frame.charge(1)
      return lookUpOptional(container.code(frame), key.code(frame))
    },
  }
}

function compileGlobal(node: NodeOf<'call'>, names: Names): Compiled {
  const [name, args] = node.args
  return name === 'has' ? compileHas(args, names) : compileCall(node, name, false, args, names)
}

function compileMethod(node: NodeOf<'rcall'>, names: Names): Compiled {
  const [name, receiver, args] = node.args
  const macro = macroNamed(name, args.length)
  return macro === undefined ? compileCall(node, name, true, [receiver, ...args], names) : macro(receiver, args, names)
}

function compileList(node: NodeOf<'list'>, names: Names): Compiled {
  const codes = node.args.map((element) => names.compile(element, names).code)
  return {
    kind: 'list',
    code(frame) {
      frame.charge(1)
      return codes.map((code) => code(frame))
    },
  }
}

function compileMap(node: NodeOf<'map'>, names: Names): Compiled {
  const entries = node.args.map(([key, value]) => ({
    key: mapKey(key, names),
    value: names.compile(value, names).code,
  }))
  return {
    kind: 'map',
    code(frame) {
      frame.charge(1)
      return Object.fromEntries(entries.map(({ key, value }) => [key(frame), value(frame)]))
    },
  }
}

function mapKey(node: ASTNode, names: Names): (frame: Frame) => string {
  const key = names.compile(node, names)
  const mend = "write it in quotes: {'name': value}"
  if (key.kind !== 'any' && key.kind !== 'string') {
    throw new CompileError('expression_type', `a key must be text, not ${nameOf(key.kind)}`, mend)
  }
  if (typeof key.constant === 'string') assertReadable(key.constant)
  return (frame) => {
    const name = key.code(frame)
    if (typeof name === 'string' && !isForbiddenName(name)) return name
    const message =
      typeof name === 'string' ? `\`${name}\` cannot be a key` : `a key must be text, not ${nameOf(kindOf(name))}`
    throw failed('type', message, typeof name === 'string' ? 'use another name' : mend)
  }
}

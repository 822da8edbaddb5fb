import type { ASTNode, ASTOperator } from '@marcbachmann/cel-js'

import { compileCall } from './calls.ts'
import { type Compiled, type Names, type NodeOf, textOf } from './compiled.ts'
import { isEqual, isIn } from './equality.ts'
import { BudgetError, ExpressionError } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { lookUp, lookUpOptional, missing } from './lookup.ts'
import { compileHas, macroNamed } from './macros.ts'
import {
  type ArithmeticOperator,
  arithmetic,
  arithmeticKind,
  type ComparisonOperator,
  compare,
  isComparable,
  isInt,
  negate,
  noOverload,
} from './operators.ts'
import { CompileError } from './problem.ts'
import { unknownRoot, unknownStep } from './unknown-name.ts'
import { isForbiddenName, isNumeric, kindOf, nameOf, Optional, type StaticKind } from './value.ts'

type Compilers = { readonly [Operator in ASTOperator]: (node: NodeOf<Operator>, names: Names) => Compiled }

/** Every kind of node that may be evaluated. One that the parser may learn later is refused until it stands here. */
const compilers: Compilers = {
  value: compileLiteral,
  id: compileName,
  '.': (node, names) => compileRead(node, node.args[0], constantKey(node.args[1]), names),
  '[]': (node, names) => compileRead(node, node.args[0], names.compile(node.args[1], names), names),
  '.?': (node, names) => compileOptionalRead(node.args[0], constantKey(node.args[1]), names),
  '[?]': (node, names) => compileOptionalRead(node.args[0], names.compile(node.args[1], names), names),
  call: ({ args: [name, args], ...node }, names) =>
    name === 'has' ? compileHas(args, names) : compileCall(node as ASTNode, name, false, args, names),
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
      throw new ExpressionError('missing', `\`${name}\` does not exist here`, 'use it only where it has a value')
    },
  }
}

function constantKey(name: string): Compiled {
  if (!isForbiddenName(name)) return { kind: 'string', constant: name, code: () => name }
  throw new CompileError('forbidden_name', `\`${name}\` cannot be read`, 'rename the field where the data is made')
}

function compileRead(node: ASTNode, owner: ASTNode, key: Compiled, names: Names): Compiled {
  assertKey(owner, key, names)
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
      if (value === undefined) throw missing(from, at, textOf(node), textOf(owner))
      return value
    },
  }
}

function compileOptionalRead(owner: ASTNode, key: Compiled, names: Names): Compiled {
  assertKey(owner, key, names)
  const container = names.compile(owner, names)
  return {
    kind: 'optional',
    code(frame) {
      frame.charge(1)
      return lookUpOptional(container.code(frame), key.code(frame))
    },
  }
}

/** What can be known of a key before: no forbidden name, and a step that is there. */
function assertKey(owner: ASTNode, key: Compiled, names: Names): void {
  if (typeof key.constant !== 'string') return
  constantKey(key.constant)
  const isStep = owner.op === 'id' && owner.args === 'steps' && !names.locals.has('steps')
  if (isStep && names.steps !== undefined && !names.steps.includes(key.constant))
    throw unknownStep(key.constant, names.steps)
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
  if (typeof key.constant === 'string') constantKey(key.constant)
  return (frame) => {
    const name = key.code(frame)
    if (typeof name === 'string' && !isForbiddenName(name)) return name
    const message =
      typeof name === 'string' ? `\`${name}\` cannot be a key` : `a key must be text, not ${nameOf(kindOf(name))}`
    throw new ExpressionError('type', message, typeof name === 'string' ? 'use another name' : mend)
  }
}

function compileTernary(node: NodeOf<'?:'>, names: Names): Compiled {
  const [condition, then, otherwise] = node.args
  const test = compileBoolean(condition, names)
  const left = names.compile(then, names)
  const right = names.compile(otherwise, names)
  return {
    kind: left.kind === right.kind ? left.kind : 'any',
    code(frame) {
      frame.charge(1)
      return test(frame) ? left.code(frame) : right.code(frame)
    },
  }
}

/** `||` and `&&` of CEL: a side that decides wins over one that fails, whichever stands first. */
function compileLogic(decisive: boolean, node: NodeOf<'||'> | NodeOf<'&&'>, names: Names): Compiled {
  const left = compileBoolean(node.args[0], names)
  const right = compileBoolean(node.args[1], names)
  return {
    kind: 'boolean',
    code(frame) {
      frame.charge(1)
      let failure: unknown
      try {
        if (left(frame) === decisive) return decisive
      } catch (error) {
        if (error instanceof BudgetError) throw error
        failure = error
      }
      if (right(frame) === decisive) return decisive
      if (failure !== undefined) throw failure
      return !decisive
    },
  }
}

function compileBoolean(node: ASTNode, names: Names): (frame: Frame) => boolean {
  const compiled = names.compile(node, names)
  if (compiled.kind !== 'any' && compiled.kind !== 'boolean') {
    throw new CompileError('expression_type', ...notBoolean(node, compiled.kind))
  }
  return (frame) => {
    const value = compiled.code(frame)
    if (typeof value === 'boolean') return value
    throw new ExpressionError('type', ...notBoolean(node, kindOf(value)))
  }
}

const notBoolean = (node: ASTNode, kind: StaticKind): [message: string, mend: string] => [
  `\`${textOf(node)}\` must be true or false, but it is ${nameOf(kind)}`,
  kind === 'optional' ? 'end it with .orValue(false)' : "compare it with something, as in x > 0 or x != ''",
]

function compileNot(node: NodeOf<'!_'>, names: Names): Compiled {
  const operand = compileBoolean(node.args, names)
  return {
    kind: 'boolean',
    code(frame) {
      frame.charge(1)
      return !operand(frame)
    },
  }
}

function compileNegation(node: NodeOf<'-_'>, names: Names): Compiled {
  const { kind, code } = names.compile(node.args, names)
  if (kind !== 'any' && !isNumeric(kind)) {
    throw new CompileError('expression_type', `- needs a number, not ${nameOf(kind)}`, 'write it before a number')
  }
  return {
    kind,
    code(frame) {
      frame.charge(1)
      return negate(code(frame))
    },
  }
}

function compileArithmetic(operator: ArithmeticOperator, node: NodeOf<ArithmeticOperator>, names: Names): Compiled {
  const left = names.compile(node.args[0], names)
  const right = names.compile(node.args[1], names)
  const kind = arithmeticKind(operator, left.kind, right.kind)
  if (kind === null) throw new CompileError('expression_type', ...noOverload(operator, left.kind, right.kind))
  return {
    kind,
    code(frame) {
      frame.charge(1)
      return arithmetic(operator, left.code(frame), right.code(frame), frame)
    },
  }
}

function compileComparison(operator: ComparisonOperator, node: NodeOf<ComparisonOperator>, names: Names): Compiled {
  const left = names.compile(node.args[0], names)
  const right = names.compile(node.args[1], names)
  if (!isComparable(left.kind, right.kind)) {
    throw new CompileError('expression_type', ...noOverload(operator, left.kind, right.kind))
  }
  return {
    kind: 'boolean',
    code(frame) {
      frame.charge(1)
      return compare(operator, left.code(frame), right.code(frame), frame)
    },
  }
}

function compileEquality(isSame: boolean, node: NodeOf<'==' | '!='>, names: Names): Compiled {
  const left = names.compile(node.args[0], names)
  const right = names.compile(node.args[1], names)
  return {
    kind: 'boolean',
    code(frame) {
      frame.charge(1)
      return isEqual(left.code(frame), right.code(frame), frame) === isSame
    },
  }
}

function compileIn(node: NodeOf<'in'>, names: Names): Compiled {
  const element = names.compile(node.args[0], names)
  const container = names.compile(node.args[1], names)
  return {
    kind: 'boolean',
    code(frame) {
      frame.charge(1)
      return isIn(element.code(frame), container.code(frame), frame)
    },
  }
}

import type { ASTNode } from '@marcbachmann/cel-js'

import { type Compiled, type Names, type NodeOf, textOf } from './compiled.ts'
import { isEqual, isIn } from './equality.ts'
import { BudgetError, type Explanation, ExpressionError } from './expression-error.ts'
import type { Frame } from './frame.ts'
import {
  type ArithmeticOperator,
  arithmetic,
  arithmeticKind,
  type ComparisonOperator,
  compare,
  isComparable,
  negate,
  noOverload,
} from './operators.ts'
import { CompileError } from './problem.ts'
import { isNumeric, kindOf, nameOf, type StaticKind } from './value.ts'

export function compileTernary(node: NodeOf<'?:'>, names: Names): Compiled {
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
export function compileLogic(decisive: boolean, node: NodeOf<'||'> | NodeOf<'&&'>, names: Names): Compiled {
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

/** The node as a test: anything but true or false is a problem, or a failure when it is only seen at evaluation. */
export function compileBoolean(node: ASTNode, names: Names): (frame: Frame) => boolean {
  const compiled = names.compile(node, names)
  if (compiled.kind !== 'any' && compiled.kind !== 'boolean') {
    throw new CompileError('expression_type', ...notBoolean(node, compiled.kind))
  }
  return (frame) => {
    const value = compiled.code(frame)
    if (typeof value === 'boolean') return value
    throw new ExpressionError('type', () => notBoolean(node, kindOf(value)))
  }
}

const notBoolean = (node: ASTNode, kind: StaticKind): Explanation => [
  `\`${textOf(node)}\` must be true or false, but it is ${nameOf(kind)}`,
  kind === 'optional' ? 'end it with .orValue(false)' : "compare it with something, as in x > 0 or x != ''",
]

export function compileNot(node: NodeOf<'!_'>, names: Names): Compiled {
  const operand = compileBoolean(node.args, names)
  return {
    kind: 'boolean',
    code(frame) {
      frame.charge(1)
      return !operand(frame)
    },
  }
}

export function compileNegation(node: NodeOf<'-_'>, names: Names): Compiled {
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

export function compileArithmetic(
  operator: ArithmeticOperator,
  node: NodeOf<ArithmeticOperator>,
  names: Names,
): Compiled {
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

export function compileComparison(
  operator: ComparisonOperator,
  node: NodeOf<ComparisonOperator>,
  names: Names,
): Compiled {
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

export function compileEquality(isSame: boolean, node: NodeOf<'==' | '!='>, names: Names): Compiled {
  const left = names.compile(node.args[0], names)
  const right = names.compile(node.args[1], names)
  if (!mayBeEqual(left.kind, right.kind)) {
    const message = `${nameOf(left.kind)} never equals ${nameOf(right.kind)}`
    throw new CompileError('expression_type', message, 'convert one side: string(…) or double(…)')
  }
  return {
    kind: 'boolean',
    code(frame) {
      frame.charge(1)
      return isEqual(left.code(frame), right.code(frame), frame) === isSame
    },
  }
}

const mayBeEqual = (left: StaticKind, right: StaticKind) =>
  left === right ||
  [left, right].some((kind) => kind === 'any' || kind === 'null') ||
  (isNumeric(left) && isNumeric(right))

export function compileIn(node: NodeOf<'in'>, names: Names): Compiled {
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

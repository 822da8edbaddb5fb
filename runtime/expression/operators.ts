import { limits } from '../../schemas/limits.ts'
import { type Explanation, ExpressionError, failed } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { durationOf, timestampAt } from './time-text.ts'
import { Duration, isNumeric, type Kind, kindOf, nameOf, type StaticKind, Timestamp } from './value.ts'

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type ComparisonOperator = '<' | '<=' | '>' | '>='

type Overload = {
  readonly result: Kind
  readonly apply: (left: never, right: never, frame: Frame) => unknown
}
type Overloads = Partial<Record<Kind, Partial<Record<Kind, Overload>>>>

const FIRST_INT = -(2n ** 63n)
const LAST_INT = 2n ** 63n - 1n

/** Whether CEL's int, 64 bits with a sign, can hold it. */
export const isInt = (value: bigint): boolean => value >= FIRST_INT && value <= LAST_INT

export function arithmetic(operator: ArithmeticOperator, left: unknown, right: unknown, frame: Frame): unknown {
  if (typeof left === 'number' && typeof right === 'number') return doubles[operator](left, right)
  const overload = overloads[operator][kindOf(left)]?.[kindOf(right)]
  if (overload !== undefined) return overload.apply(left as never, right as never, frame)
  throw new ExpressionError('type', () => noOverload(operator, kindOf(left), kindOf(right)))
}

/** The kind of the result, as far as it is known; null when no values of these kinds fit the operator. */
export function arithmeticKind(operator: ArithmeticOperator, left: StaticKind, right: StaticKind): StaticKind | null {
  if (left === 'any' || right === 'any') return 'any'
  return overloads[operator][left]?.[right]?.result ?? null
}

export function compare(operator: ComparisonOperator, left: unknown, right: unknown, frame: Frame): boolean {
  if (typeof left === 'number' && typeof right === 'number') return comparisons[operator](left, right)
  const leftKind = kindOf(left)
  const rightKind = kindOf(right)
  if (!isComparable(leftKind, rightKind))
    throw new ExpressionError('type', () => noOverload(operator, leftKind, rightKind))
  if (leftKind === 'string') frame.chargeText(Math.min((left as string).length, (right as string).length))
  return comparisons[operator](orderOf(left) as number, orderOf(right) as number)
}

/** Whether `<` and the like can hold between values of these kinds. */
export function isComparable(left: StaticKind, right: StaticKind): boolean {
  if (left === 'any' || right === 'any') return true
  if (isNumeric(left)) return isNumeric(right)
  return left === right && (left === 'string' || left === 'boolean' || left === 'timestamp' || left === 'duration')
}

export function negate(value: unknown): unknown {
  if (typeof value === 'number') return -value
  if (typeof value === 'bigint') return checkedInt(-value)
  throw failed('type', `- needs a number, not ${nameOf(kindOf(value))}`, 'turn text into a number: double(…)')
}

/** What is wrong, and the mend, when an operator meets values that it does not fit. */
export function noOverload(operator: string, left: StaticKind, right: StaticKind): Explanation {
  const message = `${operator} cannot be used between ${nameOf(left)} and ${nameOf(right)}`
  const hasText = left === 'string' || right === 'string'
  if (operator === '+' && hasText) return [message, 'to join texts, write string(…) around the other value']
  if (hasText && (isNumeric(left) || isNumeric(right))) return [message, 'turn the text into a number: double(…)']
  if (left === 'optional' || right === 'optional') return [message, 'say what stands for an absent value: .orValue(…)']
  return [message, 'use two values of the same kind']
}

const doubles: Record<ArithmeticOperator, (left: number, right: number) => number> = {
  '+': (left, right) => finite(left + right),
  '-': (left, right) => finite(left - right),
  '*': (left, right) => finite(left * right),
  '/': (left, right) => finite(left / notZero(right)),
  '%': (left, right) => finite(left % notZero(right)),
}

const ints: Record<ArithmeticOperator, (left: bigint, right: bigint) => bigint> = {
  '+': (left, right) => checkedInt(left + right),
  '-': (left, right) => checkedInt(left - right),
  '*': (left, right) => checkedInt(left * right),
  '/': (left, right) => checkedInt(left / notZero(right)),
  '%': (left, right) => left % notZero(right),
}

/** Between int and double the int becomes a double, so that JSON numbers and literals mix. */
const numeric = (operator: ArithmeticOperator): Overloads => {
  const int: Overload = { result: 'int', apply: ints[operator] }
  const double: Overload = {
    result: 'double',
    apply: (left: number | bigint, right: number | bigint) => doubles[operator](Number(left), Number(right)),
  }
  return { int: { int, double }, double: { int: double, double } }
}

const time = {
  addDuration: (left: Timestamp, right: Duration) => timestampAt(left.epochMs + right.ms),
  difference: (left: Timestamp, right: Timestamp) => durationOf(left.epochMs - right.epochMs),
}

const overloads: Record<ArithmeticOperator, Overloads> = {
  '+': {
    ...numeric('+'),
    string: { string: { result: 'string', apply: joinTexts } },
    list: { list: { result: 'list', apply: joinLists } },
    timestamp: { duration: { result: 'timestamp', apply: time.addDuration } },
    duration: {
      timestamp: { result: 'timestamp', apply: (left: Duration, right: Timestamp) => time.addDuration(right, left) },
      duration: { result: 'duration', apply: (left: Duration, right: Duration) => durationOf(left.ms + right.ms) },
    },
  },
  '-': {
    ...numeric('-'),
    timestamp: {
      timestamp: { result: 'duration', apply: time.difference },
      duration: {
        result: 'timestamp',
        apply: (left: Timestamp, right: Duration) => timestampAt(left.epochMs - right.ms),
      },
    },
    duration: {
      duration: { result: 'duration', apply: (left: Duration, right: Duration) => durationOf(left.ms - right.ms) },
    },
  },
  '*': numeric('*'),
  '/': numeric('/'),
  '%': numeric('%'),
}

const comparisons: Record<ComparisonOperator, (left: number, right: number) => boolean> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

function orderOf(value: unknown): unknown {
  if (value instanceof Timestamp) return value.epochMs
  return value instanceof Duration ? value.ms : value
}

function joinTexts(left: string, right: string, frame: Frame): string {
  const length = left.length + right.length
  if (length > limits.stepOutputBytes) {
    throw failed('too_large', 'the text is larger than a step may put out', 'join less text')
  }
  frame.chargeText(length)
  return left + right
}

function joinLists(left: readonly unknown[], right: readonly unknown[], frame: Frame): readonly unknown[] {
  frame.chargeElements(left.length + right.length)
  return [...left, ...right]
}

function checkedInt(value: bigint): bigint {
  if (isInt(value)) return value
  throw failed('range', 'the whole number is too large (64 bits)', 'calculate with double(…)')
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value
  throw failed('range', 'the number is too large', 'check the numbers that go in')
}

function notZero<Operand extends number | bigint>(divisor: Operand): Operand {
  if (divisor !== 0 && divisor !== 0n) return divisor
  throw failed('division_by_zero', 'a number was divided by zero', 'test the divisor first: n == 0 ? … : …')
}

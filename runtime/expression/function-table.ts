import type { Frame } from './frame.ts'
import { type Duration, isNumeric, type Kind, kindOf, type StaticKind, type Timestamp } from './value.ts'

/** What a parameter accepts. `integer` is an int, or a double without a fraction; `number` is either. Both arrive as JavaScript numbers. */
export type Parameter = Exclude<Kind, 'optional' | 'null'> | 'integer' | 'number' | 'any'

type Argument = {
  boolean: boolean
  int: bigint
  double: number
  integer: number
  number: number
  string: string
  list: readonly unknown[]
  map: Readonly<Record<string, unknown>>
  timestamp: Timestamp
  duration: Duration
  any: unknown
}
type Arguments<Parameters extends readonly Parameter[]> = {
  -readonly [Index in keyof Parameters]: Argument[Parameters[Index]]
}

/** One form of a function. A method's first parameter is what stands before its dot. */
export type Overload = {
  readonly name: string
  readonly isMethod: boolean
  readonly parameters: readonly Parameter[]
  readonly result: StaticKind
  readonly call: (frame: Frame, values: readonly unknown[]) => unknown
}

/** `method('contains', ['string', 'string'], 'boolean', …)` is `text.contains(part)`. */
export const method = <const Parameters extends readonly Parameter[]>(
  name: string,
  parameters: Parameters,
  result: StaticKind,
  call: (frame: Frame, ...values: Arguments<Parameters>) => unknown,
): Overload => overload(name, true, parameters, result, call)

/** `global('round', ['number'], 'double', …)` is `round(n)`. */
export const global = <const Parameters extends readonly Parameter[]>(
  name: string,
  parameters: Parameters,
  result: StaticKind,
  call: (frame: Frame, ...values: Arguments<Parameters>) => unknown,
): Overload => overload(name, false, parameters, result, call)

/** Whether a value of this kind may fit the parameter. */
export function mayAccept(parameter: Parameter, kind: StaticKind): boolean {
  if (parameter === 'any' || kind === 'any') return kind !== 'optional'
  if (parameter === 'integer' || parameter === 'number') return isNumeric(kind)
  return parameter === kind
}

/** The values as the overload takes them, or undefined when one does not fit. */
export function argumentsOf(overload: Overload, values: readonly unknown[]): readonly unknown[] | undefined {
  const fitted: unknown[] = []
  for (const [index, parameter] of overload.parameters.entries()) {
    const value = values[index]
    if (!mayAccept(parameter, kindOf(value))) return undefined
    const isNumber = parameter === 'integer' || parameter === 'number'
    if (parameter === 'integer' && !Number.isSafeInteger(Number(value))) return undefined
    fitted.push(isNumber ? Number(value) : value)
  }
  return fitted
}

export function keyCount(frame: Frame, map: object): number {
  const count = Object.keys(map).length
  frame.chargeElements(count)
  return count
}

/** How an overload is written, for example `text.contains(text) → true or false`. */
export function signatureOf({ name, isMethod, parameters, result }: Overload): string {
  const written = isMethod ? parameters.slice(1) : parameters
  return `${isMethod ? `${parameters[0]}.` : ''}${name}(${written.join(', ')}): ${result}`
}

function overload<const Parameters extends readonly Parameter[]>(
  name: string,
  isMethod: boolean,
  parameters: Parameters,
  result: StaticKind,
  call: (frame: Frame, ...values: Arguments<Parameters>) => unknown,
): Overload {
  // `argumentsOf` has checked each value against its parameter before it calls.
  return {
    name,
    isMethod,
    parameters,
    result,
    call: (frame, values) => call(frame, ...(values as Arguments<Parameters>)),
  }
}

import type { z } from 'zod'

import type { transform } from '../../../../schemas/kinds/transform.ts'
import { kindOf, nameOf, type Scope } from '../../../expression/index.ts'
import { type Computed, expressionFailed } from '../../node-program.ts'
import { isObject, type JsonObject } from '../../path.ts'
import type { Workbench } from '../../workbench.ts'

export type Config = z.infer<typeof transform.config>
export type OperationName = NonNullable<Config['operation']>

/** Makes a step's output of its input. */
export type Operation = (input: unknown, scope: Scope) => Computed

export const succeeded = (output: unknown): Computed => ({ ok: true, output, ports: ['out'] })

export function onObject(name: OperationName, apply: (input: JsonObject, scope: Scope) => Computed): Operation {
  return (input, scope) => (isObject(input) ? apply(input, scope) : misfit(name, 'an object', input))
}

export function onList(name: OperationName, apply: (list: readonly unknown[], scope: Scope) => Computed): Operation {
  return (input, scope) => (Array.isArray(input) ? apply(input, scope) : misfit(name, 'a list', input))
}

/** A field that the operation cannot do without; null when it is missing, and the problem is noted. */
export function needed<Field extends keyof Config>(
  field: Field,
  config: Config,
  bench: Workbench,
): NonNullable<Config[Field]> | null {
  const value = config[field]
  if (value !== undefined) return value as NonNullable<Config[Field]>
  bench.problem(`config.${field}`, 'missing_field', `${config.operation} needs ${field}`, `set ${field}`)
  return null
}

const misfit = (name: OperationName, wanted: string, input: unknown) =>
  expressionFailed(
    `${name} works on ${wanted}, and the input is ${nameOf(kindOf(input))}; name ${wanted} in from, for example steps.fetch.output.body`,
  )

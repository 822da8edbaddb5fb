import type { z } from 'zod'

import { kinds } from '../../schemas/kinds/index.ts'

/** What the walk below reads of a zod schema. */
type Schema = z.core.$ZodType
type Definition = {
  readonly type: string
  readonly shape?: Readonly<Record<string, Schema>>
  readonly innerType?: Schema
  readonly element?: Schema
  readonly options?: readonly Schema[]
}

/**
 * Every field of every kind's config, as `http.auth.token` or `condition.rules.port`, read from the
 * schemas. A record has no fields of its own: its keys are data.
 */
export function kindFields(): string[] {
  return Object.entries(kinds).flatMap(([kind, { config }]) => fieldsBelow(config, kind))
}

function fieldsBelow(schema: Schema, path: string): string[] {
  const { type, shape, innerType, element, options } = schema._zod.def as unknown as Definition
  if (type === 'object' && shape !== undefined) {
    return Object.entries(shape).flatMap(([name, inner]) => fieldsBelow(inner, `${path}.${name}`))
  }
  if ((type === 'optional' || type === 'default' || type === 'nullable') && innerType !== undefined) {
    return fieldsBelow(innerType, path)
  }
  if (type === 'array' && element !== undefined) return fieldsBelow(element, path)
  if (type === 'union' && options !== undefined) {
    return [...new Set(options.flatMap((option) => fieldsBelow(option, path)))]
  }
  return [path]
}

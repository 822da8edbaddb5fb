import { z } from 'zod'

import type { JsonObject } from '../../schemas/json.ts'
import { isObject } from './path.ts'

/** What checks values against a JSON Schema (draft 2020-12). Throws when the schema cannot be used. */
export const fromJsonSchema = (schema: JsonObject): z.ZodType =>
  z.fromJSONSchema(withRequired(schema) as Parameters<typeof z.fromJSONSchema>[0])

/** Keywords that hold data and not schemas. */
const data = new Set(['const', 'default', 'enum', 'examples', 'required'])
/** Keywords that hold schemas by names of their own. */
const named = new Set(['$defs', 'definitions', 'dependentSchemas', 'patternProperties', 'properties'])

/** The library asks for a required field only when it is among the properties, and a schema need not list it there. */
function withRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withRequired)
  if (!isObject(schema)) return schema
  const next = mapped(schema, (part, key) => {
    if (data.has(key)) return part
    return named.has(key) && isObject(part) ? mapped(part, withRequired) : withRequired(part)
  })
  const { required, properties } = next
  if (!Array.isArray(required)) return next
  const asked = required.filter((name) => typeof name === 'string').map((name) => [name, {}])
  return { ...next, properties: { ...Object.fromEntries(asked), ...(isObject(properties) ? properties : {}) } }
}

const mapped = (object: JsonObject, change: (part: unknown, key: string) => unknown): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, part]) => [key, change(part, key)]))

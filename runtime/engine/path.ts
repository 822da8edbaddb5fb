export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a dotted path, own properties only; undefined when it is not there. */
export function readPath(input: JsonObject, path: string): unknown {
  let value: unknown = input
  for (const key of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** A copy with the value at the path. What stands in the way and is no object is replaced. */
export function withPath(input: JsonObject, path: string, value: unknown): JsonObject {
  const { key, rest } = parted(path)
  if (rest === null) return { ...input, [key]: value }
  const inner = Object.hasOwn(input, key) ? input[key] : undefined
  return { ...input, [key]: withPath(isObject(inner) ? inner : {}, rest, value) }
}

/** A copy without what stands at the path. */
export function withoutPath(input: JsonObject, path: string): JsonObject {
  const { key, rest } = parted(path)
  if (!Object.hasOwn(input, key)) return input
  const { [key]: inner, ...others } = input
  if (rest === null) return others
  return isObject(inner) ? { ...input, [key]: withoutPath(inner, rest) } : input
}

/** The first key of a path, and what follows it. */
function parted(path: string): { readonly key: string; readonly rest: string | null } {
  const dot = path.indexOf('.')
  return dot === -1 ? { key: path, rest: null } : { key: path.slice(0, dot), rest: path.slice(dot + 1) }
}

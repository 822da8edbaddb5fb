export type JsonShape = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

/** Entries and characters shown before a person asks for the rest. */
export const shownEntries = 50
export const shownCharacters = 400

export function shapeOf(value: unknown): JsonShape {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'object' || type === 'string' || type === 'number' || type === 'boolean' ? type : 'null'
}

/** The members of an object or array in their order; nothing for a plain value. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item] as const)
  return value !== null && typeof value === 'object' ? Object.entries(value) : []
}

/** What a folded value shows of itself: `{ id, title, … 14 }`, `[ 3 items ]`. */
export function summaryOf(value: unknown): string {
  const entries = entriesOf(value)
  if (Array.isArray(value))
    return value.length === 0 ? '[ ]' : `[ ${value.length} ${value.length === 1 ? 'item' : 'items'} ]`
  if (entries.length === 0) return '{ }'
  const names = entries.slice(0, 3).map(([name]) => name)
  return `{ ${names.join(', ')}${entries.length > names.length ? `, … ${entries.length}` : ''} }`
}

/** A plain value as text. */
export const plainText = (value: unknown): string => JSON.stringify(value ?? null)

/** How much a value weighs as JSON, for people: `412 B`, `1.4 KB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

export const jsonBytes = (value: unknown): number => new TextEncoder().encode(plainText(value)).length

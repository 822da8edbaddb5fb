import type { z } from 'zod'

/**
 * An opaque cursor: the sort key of the last row of a page. What is inserted meanwhile sorts before
 * it or after it, and moves nothing.
 */
export function keysetCursor<Key>(key: z.ZodType<Key>) {
  return {
    write: (value: Key): string =>
      btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    /** Null when the text is not a cursor that this list gave out. */
    read: (text: string): Key | null => {
      const parsed = key.safeParse(decoded(text))
      return parsed.success ? parsed.data : null
    },
  }
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')))
  } catch (error) {
    // No JSON, or (as atob puts it) no base64: the caller is told that it is no cursor.
    if (error instanceof SyntaxError || error instanceof DOMException) return undefined
    throw error
  }
}

/** Rows are asked for one more than a page holds: whether there is a next page costs no second query. */
export function pageOf<Row, Cursor>(rows: readonly Row[], limit: number, cursorOf: (row: Row) => Cursor) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return rows.length > limit && last !== undefined ? { items, next: cursorOf(last) } : { items }
}

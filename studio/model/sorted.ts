type Placed = { readonly position: number }

/** How many of the entries, which are sorted by position, lie at or before a position. */
export function countUntil(entries: readonly Placed[], position: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.position ?? 0) <= position) low = middle + 1
    else high = middle
  }
  return low
}

/** The last entry at or before a position. */
export const lastUntil = <Entry extends Placed>(entries: readonly Entry[], position: number): Entry | undefined =>
  entries[countUntil(entries, position) - 1]

/** The entries at or before a position. */
export const allUntil = <Entry extends Placed>(entries: readonly Entry[], position: number): readonly Entry[] =>
  entries.slice(0, countUntil(entries, position))

const LONGEST_NAME = 64
const MOST_NAMES = 200

/** The name that a person most likely meant, or undefined when none is close. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  if (written.length > LONGEST_NAME) return undefined
  const furthest = Math.max(1, Math.floor(written.length / 3))
  let nearest: string | undefined
  let least = furthest + 1
  for (const name of names.slice(0, MOST_NAMES)) {
    if (Math.abs(name.length - written.length) > furthest) continue
    const distance = editDistance(written.toLowerCase(), name.toLowerCase())
    if (distance >= least) continue
    least = distance
    nearest = name
  }
  return nearest
}

/** Insertions, removals, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1]
      let cost = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (isSame ? 0 : 1),
      )
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] as number) + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[to.length] as number
}

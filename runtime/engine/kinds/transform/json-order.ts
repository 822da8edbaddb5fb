import { isObject } from '../../path.ts'

/** Values of different kinds stand in the order of these. */
const ranks = { boolean: 0, number: 1, text: 2, list: 3, object: 4, null: 5 } as const

/** A JSON value made ready to be compared often: the keys of its objects are put in order once. */
export type Ordered = {
  readonly rank: number
  readonly number: number
  readonly text: string
  readonly parts: readonly Ordered[]
}

/**
 * For a total order of JSON: false, true, numbers by value, texts by code point, lists by their
 * elements, objects by their keys and values with the keys in order, null.
 */
export function orderedOf(json: unknown): Ordered {
  if (typeof json === 'boolean') return { ...plain, rank: ranks.boolean, number: Number(json) }
  if (typeof json === 'number') return { ...plain, rank: ranks.number, number: json }
  if (typeof json === 'string') return { ...plain, rank: ranks.text, text: json }
  if (Array.isArray(json)) return { ...plain, rank: ranks.list, parts: json.map(orderedOf) }
  if (!isObject(json)) return { ...plain, rank: ranks.null }
  const entries = Object.entries(json).sort(([left], [right]) => compareTexts(left, right))
  return { ...plain, rank: ranks.object, parts: entries.flat().map(orderedOf) }
}

const plain = { number: 0, text: '', parts: [] } as const

export const isNull = ({ rank }: Ordered): boolean => rank === ranks.null

export function compareOrdered(left: Ordered, right: Ordered): number {
  return (
    left.rank - right.rank ||
    left.number - right.number ||
    compareTexts(left.text, right.text) ||
    firstDifference(left.parts, right.parts, compareOrdered)
  )
}

/** How two lists differ where they first do. One that begins another stands before it. */
export function firstDifference<Part>(
  left: readonly Part[],
  right: readonly Part[],
  compare: (left: Part, right: Part) => number,
): number {
  for (const [index, part] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const difference = compare(part, other)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** By code point, which `<` is not: to it an emoji stands before some letters of the basic plane. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const difference = place(left.charCodeAt(index)) - place(right.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Halves of pairs stand for characters beyond the basic plane, so they go behind its last ones. */
const place = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit)

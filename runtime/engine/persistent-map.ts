import { assert } from './assert.ts'

/**
 * An immutable map with string keys that shares structure: `set` and `delete` copy a path of at most
 * seven small arrays. So folding an event costs the same at any length of a log, every past state can
 * be kept for nothing, and a turn that is rolled back leaves the old state untouched.
 *
 * A hash array mapped trie (Bagwell, "Ideal Hash Trees", 2001).
 */
export class PersistentMap<Key extends string, Value> {
  readonly size: number
  readonly #root: Branch<Key, Value>

  private constructor(root: Branch<Key, Value>, size: number) {
    this.#root = root
    this.size = size
  }

  static empty<Key extends string, Value>(): PersistentMap<Key, Value> {
    return new PersistentMap<Key, Value>(emptyBranch, 0)
  }

  static from<Key extends string, Value>(entries: Iterable<readonly [Key, Value]>): PersistentMap<Key, Value> {
    let map = PersistentMap.empty<Key, Value>()
    for (const [key, value] of entries) map = map.set(key, value)
    return map
  }

  get(key: Key): Value | undefined {
    // Most maps of most states are empty, and a key has to be read to be hashed.
    return this.size === 0 ? undefined : valueIn(this.#root, key, hashOf(key))
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined
  }

  set(key: Key, value: Value): PersistentMap<Key, Value> {
    const hash = hashOf(key)
    const added = valueIn(this.#root, key, hash) === undefined ? 1 : 0
    return new PersistentMap(withEntry(this.#root, hash, 0, [key, value]), this.size + added)
  }

  delete(key: Key): PersistentMap<Key, Value> {
    if (!this.has(key)) return this
    return new PersistentMap(withoutKey(this.#root, hashOf(key), 0, key), this.size - 1)
  }

  *entries(): IterableIterator<readonly [Key, Value]> {
    yield* entriesOf(this.#root)
  }

  *keys(): IterableIterator<Key> {
    for (const [key] of entriesOf(this.#root)) yield key
  }

  *values(): IterableIterator<Value> {
    for (const [, value] of entriesOf(this.#root)) yield value
  }

  [Symbol.iterator](): IterableIterator<readonly [Key, Value]> {
    return this.entries()
  }

  /** Entries in the order of their keys, so that equal maps serialise equally. */
  toJSON(): readonly (readonly [Key, Value])[] {
    return [...this.entries()].sort(([left], [right]) => (left < right ? -1 : 1))
  }
}

type Entry<Key, Value> = readonly [Key, Value]
type Branch<Key, Value> = {
  readonly type: 'branch'
  readonly bitmap: number
  readonly children: readonly Node<Key, Value>[]
}
/** Entries that share a hash: one, but for collisions. */
type Leaf<Key, Value> = { readonly type: 'leaf'; readonly hash: number; readonly entries: readonly Entry<Key, Value>[] }
type Node<Key, Value> = Branch<Key, Value> | Leaf<Key, Value>

const BITS = 5
const emptyBranch: Branch<never, never> = { type: 'branch', bitmap: 0, children: [] }

/** FNV-1a over UTF-16 units. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

const bitOf = (hash: number, shift: number): number => 1 << ((hash >>> shift) & 31)

function bitCount(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

const indexOf = (bitmap: number, bit: number): number => bitCount(bitmap & (bit - 1))

function valueIn<Key, Value>(root: Branch<Key, Value>, key: Key, hash: number): Value | undefined {
  let node: Node<Key, Value> | undefined = root
  for (let shift = 0; node?.type === 'branch'; shift += BITS) node = childAt(node, bitOf(hash, shift))
  return node?.entries.find((entry) => entry[0] === key)?.[1]
}

function childAt<Key, Value>(branch: Branch<Key, Value>, bit: number): Node<Key, Value> | undefined {
  return (branch.bitmap & bit) === 0 ? undefined : branch.children[indexOf(branch.bitmap, bit)]
}

function withEntry<Key, Value>(
  branch: Branch<Key, Value>,
  hash: number,
  shift: number,
  entry: Entry<Key, Value>,
): Branch<Key, Value> {
  const bit = bitOf(hash, shift)
  const child = childAt(branch, bit)
  if (child?.type === 'branch') return withChild(branch, bit, withEntry(child, hash, shift + BITS, entry))
  const leaf: Leaf<Key, Value> = { type: 'leaf', hash, entries: [entry] }
  if (child === undefined) return withChild(branch, bit, leaf)
  if (child.hash !== hash) return withChild(branch, bit, joined(child, leaf, shift + BITS))
  const others = child.entries.filter(([key]) => key !== entry[0])
  return withChild(branch, bit, { ...leaf, entries: [...others, entry] })
}

/** Two leaves of different hashes below one slot. Different hashes differ in some group of five bits, so this ends. */
function joined<Key, Value>(left: Leaf<Key, Value>, right: Leaf<Key, Value>, shift: number): Branch<Key, Value> {
  const leftBit = bitOf(left.hash, shift)
  const rightBit = bitOf(right.hash, shift)
  if (leftBit === rightBit) return { type: 'branch', bitmap: leftBit, children: [joined(left, right, shift + BITS)] }
  const children = leftBit >>> 0 < rightBit >>> 0 ? [left, right] : [right, left]
  return { type: 'branch', bitmap: leftBit | rightBit, children }
}

function withoutKey<Key, Value>(branch: Branch<Key, Value>, hash: number, shift: number, key: Key): Branch<Key, Value> {
  const bit = bitOf(hash, shift)
  const child = childAt(branch, bit)
  assert(child !== undefined, 'a key that is deleted is there')
  if (child.type === 'branch') {
    const left = withoutKey(child, hash, shift + BITS, key)
    return left.children.length === 0 ? withoutChild(branch, bit) : withChild(branch, bit, left)
  }
  const entries = child.entries.filter(([other]) => other !== key)
  return entries.length === 0 ? withoutChild(branch, bit) : withChild(branch, bit, { ...child, entries })
}

function withChild<Key, Value>(branch: Branch<Key, Value>, bit: number, child: Node<Key, Value>): Branch<Key, Value> {
  const index = indexOf(branch.bitmap, bit)
  const children = [...branch.children]
  children.splice(index, (branch.bitmap & bit) === 0 ? 0 : 1, child)
  return { type: 'branch', bitmap: branch.bitmap | bit, children }
}

function withoutChild<Key, Value>(branch: Branch<Key, Value>, bit: number): Branch<Key, Value> {
  const index = indexOf(branch.bitmap, bit)
  return { type: 'branch', bitmap: branch.bitmap & ~bit, children: branch.children.filter((_, at) => at !== index) }
}

function* entriesOf<Key, Value>(node: Node<Key, Value>): IterableIterator<Entry<Key, Value>> {
  if (node.type === 'leaf') yield* node.entries
  else for (const child of node.children) yield* entriesOf(child)
}

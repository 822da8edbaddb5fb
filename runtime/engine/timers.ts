import type { StepKey } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'

export type Timer = { readonly at: EpochMs; readonly step: StepKey }

type Tree = {
  readonly timer: Timer
  /** A heap by these: chance would do, but equal timers must make equal trees, so it is a hash of the step. */
  readonly priority: number
  readonly left: Tree | null
  readonly right: Tree | null
}

/**
 * When which steps go on by themselves, soonest first and at the same moment in the order of their
 * keys. An immutable treap (Aragon and Seidel, "Randomized Search Trees", 1989): the soonest is found
 * in the logarithm of their number, however many sleep.
 */
export class Timers {
  readonly #root: Tree | null

  private constructor(root: Tree | null) {
    this.#root = root
  }

  static readonly none = new Timers(null)

  with(timer: Timer): Timers {
    return new Timers(inserted(this.#root, { timer, priority: hashOf(timer.step), left: null, right: null }))
  }

  without(timer: Timer): Timers {
    return new Timers(deleted(this.#root, timer))
  }

  soonest(): Timer | null {
    let tree = this.#root
    while (tree !== null && tree.left !== null) tree = tree.left
    return tree?.timer ?? null
  }

  /** Those that are due by `at`, soonest first. */
  due(at: EpochMs): Timer[] {
    const found: Timer[] = []
    collect(this.#root, at, found)
    return found
  }
}

function inserted(tree: Tree | null, leaf: Tree): Tree {
  if (tree === null) return leaf
  if (isAbove(leaf, tree)) {
    const [left, right] = split(tree, leaf.timer)
    return { ...leaf, left, right }
  }
  return isBefore(leaf.timer, tree.timer)
    ? { ...tree, left: inserted(tree.left, leaf) }
    : { ...tree, right: inserted(tree.right, leaf) }
}

/** What comes before the timer, and what comes after it. */
function split(tree: Tree | null, timer: Timer): [Tree | null, Tree | null] {
  if (tree === null) return [null, null]
  if (isBefore(timer, tree.timer)) {
    const [before, after] = split(tree.left, timer)
    return [before, { ...tree, left: after }]
  }
  const [before, after] = split(tree.right, timer)
  return [{ ...tree, right: before }, after]
}

function deleted(tree: Tree | null, timer: Timer): Tree | null {
  if (tree === null) return null
  if (isBefore(timer, tree.timer)) return { ...tree, left: deleted(tree.left, timer) }
  if (isBefore(tree.timer, timer)) return { ...tree, right: deleted(tree.right, timer) }
  return merged(tree.left, tree.right)
}

function merged(left: Tree | null, right: Tree | null): Tree | null {
  if (left === null) return right
  if (right === null) return left
  return isAbove(left, right)
    ? { ...left, right: merged(left.right, right) }
    : { ...right, left: merged(left, right.left) }
}

function collect(tree: Tree | null, at: EpochMs, found: Timer[]): void {
  if (tree === null) return
  collect(tree.left, at, found)
  if (tree.timer.at > at) return
  found.push(tree.timer)
  collect(tree.right, at, found)
}

const isBefore = (one: Timer, other: Timer): boolean =>
  one.at < other.at || (one.at === other.at && one.step < other.step)

/** Equal hashes are ordered by the keys, so that the shape never depends on the order of insertion. */
const isAbove = (one: Tree, other: Tree): boolean =>
  one.priority > other.priority || (one.priority === other.priority && isBefore(one.timer, other.timer))

/** FNV-1a, and a last mix so that keys that differ in their end differ in all bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return (hash ^ (hash >>> 15)) >>> 0
}

import type { Coverage } from './coverage.ts'
import { Dice } from './dice.ts'
import { Faults } from './faults.ts'
import { InvariantBroken } from './invariants/invariant.ts'
import { type Operation, operationsOf, perform } from './operations.ts'
import { quiesce } from './quiesce.ts'
import { graphsOf } from './workload.ts'
import { World } from './world.ts'

/** What is run: a seed, with fewer operations and faults than it draws when a failure is being shrunk. */
export type Plan = {
  readonly seed: number
  readonly operations: readonly Operation[]
  /** Faults that are left out. */
  readonly without: ReadonlySet<string>
}

export type Failure = { readonly invariant: string; readonly message: string; readonly story: readonly string[] }

const WORKFLOWS = 2

export const planOf = (seed: number): Plan => ({
  seed,
  operations: operationsOf(new Dice(seed).of('operations'), WORKFLOWS),
  without: new Set(),
})

/** Null when every invariant held from beginning to end. */
export async function run({ seed, operations, without }: Plan, coverage: Coverage): Promise<Failure | null> {
  const world = new World(seed, graphsOf(seed), coverage, (dice, onStrike) => new Faults(dice, onStrike, without))
  try {
    let until = 0
    for (const operation of operations) {
      until += operation.afterMs
      world.agenda.add(until, () => {
        coverage.count(`operation ${operation.type}`)
        world.note(`— ${operation.type}`)
        perform(world, operation)
      })
    }
    while (world.agenda.nextAt !== null && world.agenda.nextAt <= until) await world.step()
    await quiesce(world)
    return null
  } catch (error) {
    if (error instanceof InvariantBroken)
      return { invariant: error.invariant, message: error.message, story: world.story }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { invariant: 'the simulation broke off', message, story: world.story }
  } finally {
    world.close()
  }
}

import { limits } from '../../schemas/limits.ts'
import type { Database } from '../db/database.ts'
import {
  type Checkpoint,
  countRows,
  findCheckpoint,
  forgetRows,
  knownLag,
  stalestCheckpoints,
} from '../db/projection-store.ts'
import { recordPublished } from '../publishing/published-record.ts'
import type { RuntimeClient } from '../runtime-client.ts'
import { catchUp } from './catch-up.ts'
import { eachConcurrently, withinMs } from './concurrency.ts'
import { SingleFlight } from './single-flight.ts'

export type ProjectorWorld = {
  readonly db: Database
  readonly runtime: RuntimeClient
  readonly now: () => number
  /** Keeps work going after the answer was sent. */
  readonly background: (work: Promise<unknown>) => void
}

/** How old a list is: it includes everything up to `asOf` (epoch ms), and `lag` changes are known that it lacks. */
export type Freshness = { readonly asOf: number; readonly lag: number }

const everything = 'everything'

/** Keeps the projections near the objects they are read from. */
export class Projector {
  readonly #world: ProjectorWorld
  /** By workflow id, or `everything`: many who read one list at once make one pull of it. */
  readonly #reads: SingleFlight<number>

  constructor(world: ProjectorWorld) {
    this.#world = world
    this.#reads = new SingleFlight(world.now)
  }

  /** Pulls what hints speak of: workflows that this builder may not know yet. */
  async pullHinted(workflowIds: readonly string[]): Promise<void> {
    await this.#pullEach([...new Set(workflowIds)].map((id) => ({ id })))
  }

  /** The regular tick: the workflows that were read longest ago. Being asked wakes them, and the project is woken, too. */
  async tick(): Promise<void> {
    await Promise.all([this.#pullStalest(undefined, limits.pullWorkflowsPerTick), this.#wakeProject()])
  }

  /**
   * What reading a list does first. It waits `limits.pullWaitMs` at most and never fails for the
   * runtime: then the list is as old as it says.
   */
  async refresh(workflowId: string | undefined): Promise<Freshness> {
    const { db, background } = this.#world
    const read = this.#reads.do(workflowId ?? everything, () =>
      this.#pullStalest(workflowId, limits.pullWorkflowsPerRead),
    )
    background(Promise.allSettled([read]))
    const asOf = await withinMs(read, limits.pullWaitMs)
    return { asOf: asOf ?? (await this.#stalestAt(workflowId)), lag: await knownLag(db, workflowId) }
  }

  /** Drops every row and reads it again from the objects. The result is equal. */
  async rebuild(): Promise<{ readonly workflows: number; readonly executions: number; readonly lag: number }> {
    const { db, runtime } = this.#world
    const all = await stalestCheckpoints(db, undefined, Number.MAX_SAFE_INTEGER)
    await eachConcurrently(all, limits.pullConcurrency, async ({ id }) => {
      // Asked before anything is dropped: a runtime that is down leaves the rows as they are.
      await runtime.changes(id, 0, 1)
      let checkpoint = await findCheckpoint(db, id)
      while (checkpoint !== null && !(await forgetRows(db, checkpoint))) checkpoint = await findCheckpoint(db, id)
      await this.#pull(id)
    })
    return { workflows: all.length, executions: await countRows(db), lag: await knownLag(db, undefined) }
  }

  /** Pulls up to `limit` workflows, or the one. Answers with the moment up to which all that it looked at is read. */
  async #pullStalest(workflowId: string | undefined, limit: number): Promise<number> {
    const startedAt = this.#world.now()
    const stalest = await stalestCheckpoints(this.#world.db, workflowId, limit + 1)
    const pulledAt = new Map(stalest.map(({ id, pulledAt }) => [id, pulledAt]))
    await this.#pullEach(
      stalest.slice(0, limit).map((known) => ({ id: known.id, known })),
      (checkpoint) => pulledAt.set(checkpoint.id, checkpoint.pulledAt),
    )
    return Math.min(startedAt, ...pulledAt.values())
  }

  async #wakeProject(): Promise<void> {
    try {
      await this.#world.runtime.wakeProject()
    } catch (error) {
      console.error('the project was not woken', error)
    }
  }

  async #stalestAt(workflowId: string | undefined): Promise<number> {
    const [stalest] = await stalestCheckpoints(this.#world.db, workflowId, 1)
    return stalest?.pulledAt ?? this.#world.now()
  }

  /** Pulls each; what fails is logged and left for the next tick. */
  async #pullEach(
    pulls: readonly { readonly id: string; readonly known?: Checkpoint }[],
    pulled: (checkpoint: Checkpoint) => void = () => {},
  ): Promise<void> {
    await eachConcurrently(pulls, limits.pullConcurrency, async ({ id, known }) => {
      try {
        const checkpoint = await this.#pull(id, known)
        if (checkpoint !== null) pulled(checkpoint)
      } catch (error) {
        console.error(`workflow ${id}: its changes could not be read`, error)
      }
    })
  }

  async #pull(workflowId: string, known?: Checkpoint): Promise<Checkpoint | null> {
    const checkpoint = known ?? (await findCheckpoint(this.#world.db, workflowId))
    if (checkpoint !== null && checkpoint.activeVersion !== null) return catchUp(this.#world, workflowId, checkpoint)
    // A publish whose record was lost, or a workflow that was published without this builder.
    const published = await recordPublished(this.#world, workflowId)
    return published === null ? null : catchUp(this.#world, workflowId)
  }
}

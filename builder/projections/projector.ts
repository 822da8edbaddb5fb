import { asc, eq, sql } from 'drizzle-orm'

import { limits } from '../../schemas/limits.ts'
import type { Database } from '../db/database.ts'
import { type Checkpoint, findCheckpoint, forgetRows } from '../db/projection-store.ts'
import { executions, workflows } from '../db/tables.ts'
import { recordPublished } from '../publishing/published-record.ts'
import type { RuntimeClient } from '../runtime-client.ts'
import { catchUp } from './catch-up.ts'
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

/** Keeps the projections near the objects they are read from. */
export class Projector {
  readonly #world: ProjectorWorld
  readonly #pulls: SingleFlight<Checkpoint | null>

  constructor(world: ProjectorWorld) {
    this.#world = world
    this.#pulls = new SingleFlight((workflowId) => this.#pull(workflowId), world.now)
  }

  /** Brings one workflow's projection up to now. Null when the runtime knows no such workflow. */
  pull(workflowId: string): Promise<Checkpoint | null> {
    return this.#pulls.do(workflowId)
  }

  /** Pulls each; what fails is logged and left for the next tick. */
  async pullEach(workflowIds: readonly string[]): Promise<ReadonlyMap<string, Checkpoint>> {
    const pulled = new Map<string, Checkpoint>()
    await eachConcurrently(workflowIds, limits.pullConcurrency, async (id) => {
      try {
        const checkpoint = await this.pull(id)
        if (checkpoint !== null) pulled.set(id, checkpoint)
      } catch (error) {
        console.error(`workflow ${id}: its changes could not be read`, error)
      }
    })
    return pulled
  }

  /** The regular tick: the workflows that were read longest ago. */
  async tick(): Promise<void> {
    const stalest = await this.#stalest(undefined, limits.pullWorkflowsPerTick)
    await this.pullEach(stalest.map(({ id }) => id))
  }

  /**
   * What reading a list does first. It waits `limits.pullWaitMs` at most and never fails for the
   * runtime: then the list is as old as it says.
   */
  async refresh(workflowId: string | undefined): Promise<Freshness> {
    const startedAt = this.#world.now()
    const stalest = await this.#stalest(workflowId, limits.pullWorkflowsPerRead + 1)
    const pulled = new Map(stalest.map(({ id, pulledAt }) => [id, pulledAt]))
    const pulls = this.pullEach(stalest.slice(0, limits.pullWorkflowsPerRead).map(({ id }) => id)).then(
      (checkpoints) => {
        for (const [id, { pulledAt }] of checkpoints) pulled.set(id, pulledAt)
      },
    )
    this.#world.background(pulls)
    await withinMs(pulls, limits.pullWaitMs)
    return { asOf: Math.min(startedAt, ...pulled.values()), lag: await this.#lag(workflowId) }
  }

  /** Drops every row and reads it again from the objects. The result is equal. */
  async rebuild(): Promise<{ readonly workflows: number; readonly executions: number; readonly lag: number }> {
    const { db, runtime } = this.#world
    const ids = await db.select({ id: workflows.id }).from(workflows).orderBy(asc(workflows.id))
    await eachConcurrently(ids, limits.pullConcurrency, async ({ id }) => {
      // Asked before anything is dropped: a runtime that is down leaves the rows as they are.
      await runtime.changes(id, 0, 1)
      let checkpoint = await findCheckpoint(db, id)
      while (checkpoint !== null && !(await forgetRows(db, checkpoint))) checkpoint = await findCheckpoint(db, id)
      await this.pull(id)
    })
    const rows = await db.select({ count: sql<number>`count(*)` }).from(executions).get()
    return { workflows: ids.length, executions: rows?.count ?? 0, lag: await this.#lag(undefined) }
  }

  async #pull(workflowId: string): Promise<Checkpoint | null> {
    const checkpoint = await findCheckpoint(this.#world.db, workflowId)
    // A publish whose record was lost, or a workflow that was published without this builder.
    const isRecorded = checkpoint !== null && checkpoint.activeVersion !== null
    if (!isRecorded && (await recordPublished(this.#world, workflowId)) === null) return null
    return catchUp(this.#world, workflowId)
  }

  async #stalest(workflowId: string | undefined, limit: number): Promise<readonly { id: string; pulledAt: number }[]> {
    return this.#world.db
      .select({ id: workflows.id, pulledAt: workflows.pulledAt })
      .from(workflows)
      .where(workflowId === undefined ? undefined : eq(workflows.id, workflowId))
      .orderBy(asc(workflows.pulledAt), asc(workflows.id))
      .limit(limit)
  }

  async #lag(workflowId: string | undefined): Promise<number> {
    const row = await this.#world.db
      .select({ lag: sql<number>`coalesce(sum(max(0, ${workflows.lastChange} - ${workflows.readUpTo})), 0)` })
      .from(workflows)
      .where(workflowId === undefined ? undefined : eq(workflows.id, workflowId))
      .get()
    return row?.lag ?? 0
  }
}

async function eachConcurrently<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
}

async function withinMs(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, timeUp])
  clearTimeout(timer)
}

import { NEVER_STARTED } from '../../runtime/objects/starts.ts'
import type { ExecutionReport } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import { InvariantBroken } from './auditor.ts'
import type { World } from './world.ts'

/** Steps in which everything must have come to its end. */
const STEPS = 20_000
/** The builder reads every workflow this often, and so wakes its object. */
const TICK_MS = 60_000
/** Asking again comes after this much time at the most, whatever clocks did. */
const PATIENCE_MS = 3 * limits.quarantineAskMs + 200_000_000

/** The bad day is over: no more faults, and clients ask until they are answered. Then everything ends, and all lists say so. */
export async function quiesce(world: World): Promise<void> {
  world.note('— the bad day is over')
  world.faults.end()
  world.clock.thaw()
  const until = world.agenda.time + PATIENCE_MS
  let tickMs = TICK_MS
  const tick = (): void => {
    for (const workflow of world.workflows) void world.pull(workflow, limits.changesPage)
    for (const wish of world.client.wishes) if (!wish.isAnswered && wish.key !== null) world.client.send(wish)
    // What is idle is put away, and what was wrong with it only in memory is forgotten.
    for (const id of [...world.executions, ...world.workflows]) if (world.randomOf(id).next() < 0.7) world.kill(id)
    tickMs *= 2
    world.agenda.add(tickMs, tick)
  }
  world.agenda.add(0, tick)
  await pass(world, until)
  for (const workflow of world.workflows) void world.pull(workflow, limits.changesPage)
  await pass(world, world.agenda.time + TICK_MS)
  checkRest(world)
}

async function pass(world: World, until: number): Promise<void> {
  for (let step = 0; step < STEPS; step += 1) {
    if ((world.agenda.nextAt ?? Number.POSITIVE_INFINITY) > until) return
    await world.step()
  }
  throw new InvariantBroken('LIVE everything comes to rest', `not in ${STEPS} steps`)
}

/** How long a start may be on its way is a matter of time, and so of a clock that does not jump further than that. */
const mayBeForgotten = (shown: ExecutionReport | undefined, { clock }: World): boolean =>
  shown?.error?.code === NEVER_STARTED && clock.latest - clock.earliest > limits.startArrivesMs

const over = new Set(['succeeded', 'failed', 'cancelled', 'not_started'])

export function checkRest(world: World): void {
  const { auditor, client, executions, projections } = world
  const fail = (sentence: string, about: string): never => {
    throw new InvariantBroken(sentence, about)
  }
  for (const id of executions) {
    const status = auditor.statusOf(id)
    if (!over.has(status)) fail('LIVE every execution ends', `${id} is ${status}`)
    auditor.checkWhole(id)
  }
  for (const wish of client.wishes) {
    if (!wish.isAnswered && wish.key !== null) fail('LIVE every client is answered', JSON.stringify(wish.body))
  }
  for (const projection of projections.values()) {
    for (const [id, record] of auditor.records) {
      const { state } = record
      if (state.status === 'not_started' || state.workflowId !== projection.workflow) continue
      const shown = projection.rows.get(id)?.report
      if (shown?.status !== state.status && !mayBeForgotten(shown, world))
        fail('P1 the lists say in the end what the logs say', `${id} is ${state.status}, listed as ${shown?.status}`)
    }
  }
}

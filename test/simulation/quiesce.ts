import { NEVER_STARTED } from '../../runtime/objects/starts.ts'
import type { ExecutionReport } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import { LATE_MS } from './bus.ts'
import { InvariantBroken } from './invariants/invariant.ts'
import type { World } from './world.ts'

/** Steps in which everything must have come to its end: after a clock was put back by a day, families ask and tell for a day. */
const STEPS = 30_000
const STEPS_OF_EXECUTION = 2000
/** People look this often whether somebody waits for them. */
const ATTEND_MS = 2000
/** While nobody does, the builder reads and clients ask again ever less often. */
const TICK_MS = 60_000
/** Asking again comes after this much time at the most, whatever clocks did. */
const PATIENCE_MS = 3 * limits.quarantineAskMs + 200_000_000

/** The bad day is over: no more faults, people do what is waited for, and clients ask until they are answered. Then everything ends, and all lists say so. */
export async function quiesce(world: World): Promise<void> {
  world.note('— the bad day is over')
  world.faults.end()
  world.clock.thaw()
  const { agenda } = world
  const endedAt = agenda.time
  let steps = 0
  const pass = async (ms: number): Promise<void> => {
    const until = agenda.time + ms
    for (; agenda.nextAt !== null && agenda.nextAt <= until; steps += 1) await world.step()
    // Nothing is left that would let the time pass.
    agenda.skipTo(until)
  }
  let tickedAt = agenda.time
  for (let pauseMs = ATTEND_MS; ; pauseMs = nextPause(world, pauseMs)) {
    // Also while people are asked: an object that is called once a minute is put away in between.
    if (agenda.time >= tickedAt + TICK_MS) {
      tickedAt = agenda.time
      tick(world)
    }
    await pass(pauseMs)
    pull(world)
    await pass(1000)
    const unrest = unrestOf(world)
    if (unrest === null && agenda.time > endedAt + LATE_MS) break
    if (
      unrest !== null &&
      (steps > STEPS + STEPS_OF_EXECUTION * world.executions.length || agenda.time > endedAt + PATIENCE_MS)
    )
      throw new InvariantBroken(...unrest)
  }
  checkRest(world)
}

/** Throws what is not as it must be in the end. */
export function checkRest(world: World): void {
  const unrest = unrestOf(world)
  if (unrest !== null) throw new InvariantBroken(...unrest)
  for (const id of world.executions) world.auditor.checkWhole(id)
}

function nextPause(world: World, pauseMs: number): number {
  const isAnybodyAsked = world.executions.filter((id) => answer(world, id)).length > 0
  if (isAnybodyAsked) return ATTEND_MS
  return Math.min(Math.max(pauseMs * 2, TICK_MS), limits.quarantineAskMs)
}

/** People do what an execution waits for. False when it waits for nobody. */
function answer(world: World, id: string): boolean {
  const isPaused = world.auditor.statusOf(id) === 'paused' && !followsParent(world, id)
  if (isPaused) world.tell(id, 'resume')
  const asked = [0, 0.3, 0.6, 0.9].filter((which) => world.answer(id, [which, world.randomOf(id).next()]))
  return isPaused || asked.length > 0
}

/** Whether its parent holds it, and waits for it: then it goes on with that, or something is wrong. */
function followsParent({ auditor }: World, id: string): boolean {
  const { state } = auditor.recordOf(id)
  if (state.status === 'not_started' || state.parent === null || state.pause?.reason !== 'parent') return false
  const parent = auditor.recordOf(state.parent.executionId).state
  const waiting = parent.status === 'not_started' ? undefined : parent.steps.get(state.parent.step)
  return waiting?.status === 'child' && waiting.executionId === id
}

function tick(world: World): void {
  for (const wish of world.client.wishes) if (!wish.isAnswered && wish.key !== null) world.client.send(wish)
  for (const event of world.sender.sent) if (!event.isAnswered && event.id !== null) world.sender.send(event)
  world.wakeProject()
  // What is idle is put away, and what was wrong with it only in memory is forgotten.
  for (const name of world.objects) if (world.randomOf(name).next() < 0.7) world.kill(name)
}

function pull(world: World): void {
  for (const workflow of world.workflows) void world.pull(workflow, limits.changesPage)
}

const over = new Set(['succeeded', 'failed', 'cancelled', 'not_started', 'quarantined'])

/** What is not as it must be in the end, and where; null when everything is. */
export function unrestOf(world: World): [sentence: string, about: string] | null {
  const { auditor, client, clock, executions, projections, sender } = world
  for (const id of executions) {
    const status = auditor.statusOf(id)
    if (!over.has(status)) return ['LIVE every execution ends', `${id} is ${status}`]
    const { state } = auditor.recordOf(id)
    if (state.status !== 'not_started' && state.notices.size > 0)
      return ['LIVE what one execution has to tell another is heard', `${id} has to tell ${[...state.notices]}`]
  }
  const unanswered = client.wishes.find(({ isAnswered, key }) => !isAnswered && key !== null)
  if (unanswered !== undefined) return ['LIVE every client is answered', JSON.stringify(unanswered.body)]
  const unsent = sender.sent.find(({ isAnswered, id }) => !isAnswered && id !== null)
  if (unsent !== undefined) return ['LIVE every sender of an event is answered', JSON.stringify(unsent)]
  const clockRange = clock.latest - clock.earliest
  for (const { workflow, rows } of projections.values()) {
    for (const [id, record] of auditor.records) {
      const { state } = record
      if (state.status === 'not_started' || state.workflowId !== workflow) continue
      const shown = rows.get(id)?.report
      // A log that went bad after the end was listed need not be read again.
      if (record.damaged !== null && shown?.status === 'quarantined') continue
      if (shown?.status === state.status || mayBeLeftBehind(shown, clockRange)) continue
      return ['P1 the lists say in the end what the logs say', `${id} is ${state.status}, listed as ${shown?.status}`]
    }
  }
  const undelivered = auditor.undelivered()
  return undelivered === null ? null : ['LIVE what one workflow is to hear of another arrives', undelivered]
}

/** How long a start may be on its way is a matter of time, and so of a clock that does not jump further than that. */
const mayBeLeftBehind = (shown: ExecutionReport | undefined, clockRange: number): boolean =>
  shown?.error?.code === NEVER_STARTED && clockRange > limits.startArrivesMs

import { createHash } from 'node:crypto'

import { canonicalGraph } from '../../runtime/engine/canonical.ts'
import type { UnknownAnswer } from '../../schemas/execution-commands.ts'
import type { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { type Aim, AimedFault } from './aimed-fault.ts'
import type { CanonicalWorkflow } from './canonical-workflows.ts'
import { Coverage } from './coverage.ts'
import type { ExecutionRecord } from './execution-record.ts'
import { InvariantBroken } from './invariants/invariant.ts'
import { checkRest, unrestOf } from './quiesce.ts'
import type { Content } from './workload.ts'
import { World } from './world.ts'

/** The order in which things at the same moment happen is that of one seed. */
const SEED = 1
/** Those who look again and again look ever less often, from this interval to some days. */
const FIRST_LOOK_MS = 500
const LOOKS = 20
/** From then on an object without requests is put away in between. */
const EVICTED_AFTER_MS = 60_000

export type Ran = {
  readonly world: World
  /** The execution that the client asked for. */
  readonly root: ExecutionRecord
  /** False when there is no n-th operation any more: then nothing went wrong. */
  readonly hasStruck: boolean
}

/** Runs the workflow once, on a day on which nothing goes wrong but what is aimed at. To be closed by who reads it. */
export async function runAimed(workflow: CanonicalWorkflow, aim: Aim | null): Promise<Ran> {
  const graphs = [workflow.graph, workflow.child ?? workflow.graph]
  let fault: AimedFault | null = null
  const world = new World(SEED, graphs.map(contentOf), new Coverage(), (_, onStrike) => {
    fault = new AimedFault(aim, workflow.refusals ?? 0, onStrike)
    return fault
  })
  const aimed = fault as AimedFault | null
  if (aimed === null) throw new Error('a world asks for what goes wrong in it')
  for (const [index, id] of world.workflows.entries()) world.publish(id, index / graphs.length)
  while (await world.step());
  aimed.arm()
  world.execute('w1', 'only', workflow.input ?? {})
  const root = await toItsEnd(world, workflow)
  checkRest(world)
  return { world, root, hasStruck: aimed.struckAt !== null }
}

async function toItsEnd(world: World, workflow: CanonicalWorkflow): Promise<ExecutionRecord> {
  let afterMs = FIRST_LOOK_MS
  for (let look = 0; look < LOOKS; look += 1) {
    await pass(world, afterMs)
    const root = rootOf(world)
    if (root !== null && unrestOf(world) === null) return root
    attend(world, workflow)
    for (const id of world.workflows) void world.pull(id, limits.changesPage)
    if (afterMs > EVICTED_AFTER_MS) for (const name of world.objects) world.kill(name)
    afterMs *= 2
  }
  throw new InvariantBroken('LIVE everything comes to its end', world.executions.join())
}

async function pass(world: World, ms: number): Promise<void> {
  const { agenda } = world
  const until = agenda.time + ms
  while (agenda.nextAt !== null && agenda.nextAt <= until) await world.step()
  agenda.skipTo(until)
}

function rootOf({ auditor }: World): ExecutionRecord | null {
  for (const record of auditor.records.values()) {
    const { state } = record
    if (state.status !== 'not_started' && state.parent === null) return record
  }
  return null
}

/** People do what an execution waits for, and again until it is in its log. */
function attend(world: World, { signal }: CanonicalWorkflow): void {
  for (const wish of world.client.wishes) if (!wish.isAnswered) world.client.send(wish)
  for (const { id, state, events } of world.auditor.records.values()) {
    if (state.status !== 'running') continue
    if (signal !== undefined && !events.some(({ type }) => type === 'SignalReceived'))
      world.tell(id, 'signal', signal.name, signal.data, 'only')
    for (const [step, current] of state.steps) {
      if (current.status === 'unknown') world.tell(id, 'answerUnknown', step, whatItDid(world, `${id}.${step}`))
      if (current.status === 'waiting' && current.for === 'approval') world.tell(id, 'decideApproval', step, 'approved')
    }
  }
}

/** Whoever is asked looks outside. */
const whatItDid = ({ endpoint }: World, key: string): UnknownAnswer =>
  endpoint.ledger.some((effect) => effect.key === key)
    ? { outcome: 'succeeded', output: 'seen outside' }
    : { outcome: 'retry' }

const contentOf = (graph: Graph): Content => ({
  graph,
  contentHash: createHash('sha256').update(canonicalGraph(graph)).digest('hex'),
  hasHook: false,
})

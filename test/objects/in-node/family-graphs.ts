import { delay, graphOf, http, make, type NodeText, start } from '../../support/graphs.ts'
import { FamilyWorld } from './family-world.ts'

export const calls = (workflowId: string, more: Record<string, unknown> = {}): NodeText => ({
  id: 'child',
  kind: 'workflow',
  config: { workflowId, input: { n: 1 }, ...more },
})
export const parentOf = (workflowId: string, more: Record<string, unknown> = {}) =>
  graphOf(
    [start, calls(workflowId, more), make('after', '{{ steps.child.output }}')],
    ['start -> child', 'child -> after'],
  )

export const quick = graphOf([start, make('answer', '{{ trigger.body.n + 1 }}')], ['start -> answer'])
export const resting = graphOf([start, delay('rest', 10_000), make('woken')], ['start -> rest', 'rest -> woken'])
const busy = graphOf([start, http('call')], ['start -> call'])
const failing = graphOf(
  [start, { id: 'stop', kind: 'fail', config: { message: 'no stock', code: 'out_of_stock' } }],
  ['start -> stop'],
)

/** Every workflow that these tests start, and a parent over the one of that name. */
export async function family(workflowId: string, more: Record<string, unknown> = {}): Promise<FamilyWorld> {
  const world = new FamilyWorld()
  for (const [name, graph] of Object.entries({ quick, resting, busy, failing })) world.graphs.set(name, graph)
  world.graphs.set('middle', parentOf('resting'))
  world.graphs.set('endless', parentOf('endless'))
  await world.start('parent', parentOf(workflowId, more))
  return world
}

export const childId = 'parent.child'
export const cancelParent = (world: FamilyWorld, compensate = false) =>
  world.execution('parent').handle({ type: 'CancelExecution', now: world.now, reason: 'enough', compensate })
export const pauseParent = (world: FamilyWorld) =>
  world.execution('parent').handle({ type: 'PauseExecution', now: world.now, timers: 'frozen' })
export const resumeParent = (world: FamilyWorld) =>
  world.execution('parent').handle({ type: 'ResumeExecution', now: world.now })

/** Holds the calls that pass `isMeant` until it is called. */
export function gate(isMeant: (call: string) => boolean) {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { pass: (call: string) => (isMeant(call) ? opened : Promise.resolve()), open: () => open() }
}

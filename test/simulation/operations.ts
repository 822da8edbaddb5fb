import type { RandomSource } from '../support/random-source.ts'
import type { World } from './world.ts'

/** Something that people, clients, the builder or the machine do. Numbers choose among what is there then. */
export type Operation = { readonly type: OperationType; readonly afterMs: number; readonly draws: readonly number[] }

type Kind = {
  /** How often, beside the others. */
  readonly weight: number
  /** `draws` are numbers in [0, 1). */
  readonly perform: (world: World, draws: readonly number[]) => void
}

/** To add an operation, add it here. */
const kinds = {
  publish: { weight: 2, perform: (world, [which, graph]) => world.publish(at(world.workflows, which), graph ?? 0) },
  execute: {
    weight: 10,
    perform: (world, [which, ...draws]) => world.wish('execute', at(world.workflows, which), draws),
  },
  deliver: { weight: 8, perform: (world, [which, ...draws]) => world.wish('hook', at(world.workflows, which), draws) },
  repeat: {
    weight: 5,
    perform: (world, [which]) => ifAny(world.client.wishes, which, (wish) => world.client.send(wish)),
  },
  'send an event': { weight: 6, perform: (world, [, ...draws]) => world.sender.draw(draws) },
  'send again': {
    weight: 2,
    perform: (world, [which]) => ifAny(world.sender.sent, which, (event) => world.sender.send(event)),
  },
  cancel: {
    weight: 4,
    perform: (world, [which]) =>
      ifAny(world.executions, which, (id) => world.tell(id, 'cancel', 'no longer wanted', false)),
  },
  'cancel and undo': {
    weight: 2,
    perform: (world, [which]) =>
      ifAny(world.executions, which, (id) => world.tell(id, 'cancel', 'no longer wanted', true)),
  },
  pause: {
    weight: 5,
    perform: (world, [which, how = 0]) =>
      ifAny(world.executions, which, (id) => world.tell(id, 'pause', how < 0.5 ? 'frozen' : 'running')),
  },
  resume: { weight: 2, perform: (world, [which]) => ifAny(world.executions, which, (id) => world.tell(id, 'resume')) },
  retry: { weight: 3, perform: (world, [which]) => ifAny(world.executions, which, (id) => world.tell(id, 'retry')) },
  signal: {
    weight: 4,
    perform: (world, [which, name = 0, data = 0]) =>
      ifAny(world.executions, which, (id) =>
        // The same draw is the same signal.
        world.tell(id, 'signal', name < 0.5 ? 'go' : 'stop', { n: Math.floor(data * 4) }, `${name}`),
      ),
  },
  'call back': {
    weight: 3,
    perform: (world, [which, ...draws]) => ifAny(world.executions, which, (id) => world.callBack(id, draws)),
  },
  answer: {
    weight: 6,
    perform: (world, [which, ...draws]) => ifAny(world.executions, which, (id) => void world.answer(id, draws)),
  },
  view: { weight: 3, perform: (world, [which]) => ifAny(world.executions, which, (id) => world.tell(id, 'view')) },
  pull: {
    weight: 4,
    perform: (world, [which, limit]) => void world.pull(at(world.workflows, which), 1 + 20 * (limit ?? 0)),
  },
  'damage a row': {
    weight: 1,
    perform: (world, [which, ...draws]) => ifAny(world.executions, which, (id) => world.damage(id, draws)),
  },
  'kill an execution': {
    weight: 3,
    perform: (world, [which]) => ifAny(world.executions, which, (id) => world.kill(id)),
  },
  'kill a workflow': { weight: 2, perform: (world, [which]) => world.kill(at(world.workflows, which)) },
  'replace an execution': {
    weight: 2,
    perform: (world, [which]) => ifAny(world.executions, which, (id) => world.replace(id)),
  },
  'replace a workflow': { weight: 2, perform: (world, [which]) => world.replace(at(world.workflows, which)) },
  'turn the clock': { weight: 2, perform: (world, [way = 0, ms = 0]) => world.clock.turn(way, ms) },
} satisfies Record<string, Kind>

export type OperationType = keyof typeof kinds
export const operationTypes = Object.keys(kinds) as readonly OperationType[]

export const perform = (world: World, { type, draws }: Operation): void => kinds[type].perform(world, draws)

const deck: readonly OperationType[] = operationTypes.flatMap((type) => Array(kinds[type].weight).fill(type))

/** What one seed's day brings. The workflows are published first, so that there is something to ask for. */
export function operationsOf(random: RandomSource, workflows: number): Operation[] {
  const published = Array.from({ length: workflows }, (_, index) => ({
    type: 'publish' as const,
    afterMs: random.between(0, 10),
    draws: [(index + 0.5) / workflows, random.next()],
  }))
  const isCrowded = random.next() < 0.5
  const drawn = Array.from({ length: random.between(10, 50) }, () => ({
    type: deck[random.between(0, deck.length)] ?? 'execute',
    afterMs: pause(random, isCrowded),
    draws: [random.next(), random.next(), random.next(), random.next()],
  }))
  return [...published, ...drawn]
}

/** Mostly short, sometimes so long that sweeps and timers come in between. */
function pause(random: RandomSource, isCrowded: boolean): number {
  const draw = random.next()
  if (draw < (isCrowded ? 0.6 : 0.1)) return random.between(0, 30)
  if (draw < 0.95) return random.between(0, 2000)
  return random.between(0, 120_000)
}

function at<Item>(items: readonly Item[], draw = 0): Item {
  const item = items[Math.floor(draw * items.length)]
  if (item === undefined) throw new RangeError('there is nothing to choose from')
  return item
}

function ifAny<Item>(items: readonly Item[], draw: number | undefined, act: (item: Item) => void): void {
  if (items.length > 0) act(at(items, draw))
}

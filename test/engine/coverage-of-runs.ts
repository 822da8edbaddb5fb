import { evolve } from '../../runtime/engine/evolve.ts'
import { type ExecutionState, initialState } from '../../runtime/engine/index.ts'
import type { StepState } from '../../runtime/engine/state.ts'
import { ExecutionCommand } from '../../schemas/execution-commands.ts'
import { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'
import { kinds } from '../../schemas/kinds/index.ts'
import type { SimulatedWorld } from './simulated-world.ts'

/** Counts what generated runs came to: a generator that is too tame shows in what is never met. */
export class CoverageOfRuns {
  readonly #counts = new Map<string, number>()

  count({ log, turns, refusals }: SimulatedWorld): void {
    const [first] = log
    if (first?.type !== 'ExecutionStarted') throw new Error('a log begins with its execution')
    const kindOf = kindsIn(first.graph)
    this.#add(`kind ${kindOf.get(first.triggerNode)}`)
    let state = initialState()
    for (const event of log) {
      state = evolve(state, event)
      this.#countEvent(event, state, kindOf)
    }
    for (const { command } of turns) this.#add(`command ${command.type}`)
    for (const refusal of refusals) this.#add(`refusal ${refusal}`)
  }

  #countEvent(event: ExecutionEvent, state: ExecutionState, kindOf: ReadonlyMap<string, string>): void {
    if (state.status === 'not_started') return
    this.#add(`event ${event.type}`)
    const of = 'step' in event ? event.step : undefined
    for (const step of of === undefined ? state.active.keys() : [of]) {
      const status = state.steps.get(step)?.status
      if (status !== undefined) this.#add(`status ${status} at depth ${depthOf(step)}`)
    }
    if (of === undefined) return
    this.#add(`kind ${kindOf.get(nodeOf(of))}`)
    if (event.type === 'IterationStarted') this.#add(`iteration of ${containersOf(of, kindOf)}`)
    if (event.type === 'StepFailed') this.#add(`${event.handled} at depth ${depthOf(of)}`)
  }

  #add(cell: string): void {
    this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1)
  }

  /** Cells that no run has met. */
  empty(): readonly string[] {
    return cells().filter((cell) => !this.#counts.has(cell))
  }
}

const nodeOf = (step: StepKey): string => step.replace(/@.*/, '')
const depthOf = (step: StepKey): number => step.split('[').length - 1
const kindsIn = ({ nodes }: Graph): ReadonlyMap<string, string> =>
  new Map(nodes.map(({ id, kind }) => [id as string, kind]))

/** The kinds of a container and of those round it, as in `each in repeat`. */
function containersOf(step: StepKey, kindOf: ReadonlyMap<string, string>): string {
  const around = [...step.matchAll(/(\w+)\[/g)].map(([, id = '']) => id).reverse()
  return [nodeOf(step), ...around].map((id) => kindOf.get(id)).join(' in ')
}

const depths = [0, 1, 2]
const statuses = [
  'running',
  'retrying',
  'interrupted',
  'failing',
  'unknown',
  'child',
  'delayed',
  'waiting',
  'open',
  'ready',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
] as const satisfies readonly StepState['status'][]

const containers = ['each', 'repeat']
const refusals = [
  'AnswerCallback not_waiting',
  'AnswerUnknown not_unknown',
  'CancelExecution compensated',
  'ResumeExecution not_paused',
  'ResumeExecution unknown_steps',
  'RetryExecution compensated',
  'RetryExecution computes_the_same',
]

const cells = (): readonly string[] => [
  ...ExecutionEvent.options.map(({ shape }) => `event ${shape.type.value}`),
  ...ExecutionCommand.options.map(({ shape }) => `command ${shape.type.value}`),
  ...Object.keys(kinds).map((kind) => `kind ${kind}`),
  // Nothing is inside the innermost of the generated containers that could be open.
  ...depths.flatMap((depth) =>
    statuses.filter((status) => depth < 2 || status !== 'open').map((status) => `status ${status} at depth ${depth}`),
  ),
  ...containers
    .flatMap((inner) => [inner, ...containers.map((outer) => `${inner} in ${outer}`)])
    .map((of) => `iteration of ${of}`),
  ...['fail', 'port', 'continue'].flatMap((handled) => depths.map((depth) => `${handled} at depth ${depth}`)),
  ...refusals.map((refusal) => `refusal ${refusal}`),
]

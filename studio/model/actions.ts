import { nodeOf, type Started, undoingOf } from '../../runtime/engine/index.ts'
import { topologyOf } from '../../runtime/engine/topology.ts'
import type { UndoPlan } from '../../schemas/api/execution-requests.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { type ExecutionLog, eventAt } from './execution-log.ts'
import { stepTitle } from './graph-canvas.ts'
import { counted } from './words.ts'

/** What a person can do to an execution as a whole. */
export type ActionName = 'signal' | 'pause' | 'resume' | 'retry' | 'cancel'
/** Whether it can be done now; if not, why not, as a sentence. */
export type Availability = { readonly can: true } | { readonly can: false; readonly why: string }

const yes: Availability = { can: true }
const no = (why: string): Availability => ({ can: false, why })

/** The actions that are offered, in their order. What the engine would refuse is offered with the reason, so that nobody has to guess. */
export function actionsFor(state: Started): readonly ActionName[] {
  if (state.status === 'failed') return ['retry']
  if (state.status !== 'running') return []
  return ['signal', state.pause === null ? 'pause' : 'resume', 'cancel']
}

export function availability(action: ActionName, state: Started, log: ExecutionLog): Availability {
  if (action === 'retry') return retryAvailability(state, log)
  if (state.status !== 'running') return no('The execution has ended.')
  switch (action) {
    case 'signal':
      return yes
    case 'pause':
      return state.pause?.reason === 'requested' ? no('It is paused already.') : yes
    case 'resume':
      return resumeAvailability(state)
    case 'cancel':
      return state.compensation === null ? yes : no('What was done is being undone already.')
  }
}

function resumeAvailability(state: Started): Availability {
  if (state.pause === null) return no('It is not paused.')
  const unknown = [...state.unknown.keys()].map((step) => stepTitle(step, state.graph))
  return unknown.length === 0 ? yes : no(`Say first what ${unknown.join(', ')} did: then it goes on.`)
}

function retryAvailability(state: Started, log: ExecutionLog): Availability {
  if (state.status !== 'failed') return no('Only a failed execution is retried.')
  if (state.compensation !== null) return no('What was done has been undone. Start a new execution.')
  const step = state.failedStep
  return step !== null && computesTheSame(state, log, step)
    ? no(`${stepTitle(step, state.graph)} only computes: it would fail in the same way again.`)
    : yes
}

/** As the engine decides it: a step that asked the world nothing reads the same again. */
function computesTheSame(state: Started, log: ExecutionLog, step: StepKey): boolean {
  const current = state.steps.get(step)
  if (current?.status !== 'failed' || current.attempt > 0) return false
  const failed = eventAt(log, current.overAt)
  return failed?.type === 'StepFailed' && failed.failure.code !== 'wait_timeout'
}

/** What would be undone, the newest first, and what would do it. */
export function undoable(state: Started): readonly { readonly undoes: StepKey; readonly step: StepKey }[] {
  const steps: { undoes: StepKey; step: StepKey }[] = []
  for (let at = state.undoable; at !== null; at = at.older) {
    steps.push({ undoes: at.step, step: undoingOf(state, at.step) })
  }
  return steps
}

/** What the execution that worked on a batch would undo, as far as that is known. */
export function batchSentence({ executionId, steps }: NonNullable<UndoPlan['wouldUndo'][number]['child']>): string {
  const which = executionId === undefined ? 'The execution that worked on it' : `Execution ${executionId}`
  return `${which} undoes ${steps === undefined ? 'what it has done' : counted(steps, 'step')} then.`
}

/** Waits for signals that are open, by name, the longest first: that is the order in which they are asked. */
export function openSignals(state: Started): ReadonlyMap<string, readonly StepKey[]> {
  const waits = [...state.active.keys()].flatMap((step) => {
    const current = state.steps.get(step)
    return current?.status === 'waiting' && current.for === 'signal' ? [{ ...current, step }] : []
  })
  waits.sort((left, right) => left.openedAt - right.openedAt)
  const byName = Map.groupBy(waits, ({ name }) => name)
  return new Map([...byName].map(([name, found]) => [name, found.map(({ step }) => step)]))
}

/** What sending this signal means. */
export function signalConsequence(name: string, state: Started): string {
  const [step, ...others] = openSignals(state).get(name) ?? []
  if (name === '') return 'A step that waits for a signal of this name goes on with its data.'
  if (step === undefined) return `No step waits for “${name}” now: it is kept for the first one that does.`
  const { config } = topologyOf(state.graph).node(nodeOf(step))
  const rule = typeof config['match'] === 'string' ? `, if ${config['match']}` : ''
  const rest = others.length === 0 ? '' : ` ${others.length} more wait for it, and are asked after it.`
  return `${stepTitle(step, state.graph)} waits for it and goes on${rule}.${rest}`
}

import { type Started, undoingOf } from '../../runtime/engine/index.ts'
import { stepTitle } from './graph-canvas.ts'
import { counted } from './words.ts'

type Pause = NonNullable<Started['pause']>
type Compensation = NonNullable<Started['compensation']>

/** Why nothing begins, what becomes of the time meanwhile, and whether everything stands still by now. */
export function pauseSentence(state: Started, { reason, timers }: Pause): string {
  const unknown = [...state.unknown.keys()].map((step) => stepTitle(step, state.graph))
  const why =
    reason === 'unknown'
      ? `Paused because it is unknown what ${unknown.join(', ')} did: a person must say.`
      : 'Paused by a person.'
  const time = timers === 'frozen' ? 'Timers stand still.' : 'Timers run on, and what is due happens when it goes on.'
  const busy = state.busy.size
  const still = busy === 0 ? 'Nothing is in flight.' : `${counted(busy, 'attempt')} still in flight will end.`
  return `${why} ${time} ${still}`
}

/** How far the undoing is, or what came of it. */
export function undoingSentence(state: Started, { steps, done, cause }: Compensation): string {
  if (state.status === 'running') {
    return `What was done is being undone, ${done} of ${counted(steps.length, 'step')}; then the execution is ${cause.type}.`
  }
  const failed = steps.filter((step) => state.steps.get(undoingOf(state, step))?.status === 'failed')
  const missed = failed.map((step) => stepTitle(step, state.graph)).join(', ')
  return `What was done has been undone: ${counted(steps.length - failed.length, 'step')}, the newest first.${missed === '' ? '' : ` Not undone: ${missed}.`}`
}

import { type Started, undoingOf } from '../../runtime/engine/index.ts'
import { stepTitle } from './graph-canvas.ts'
import { counted } from './words.ts'

type Pause = NonNullable<Started['pause']>
type Compensation = NonNullable<Started['compensation']>

/** Why nothing begins, what becomes of the time meanwhile, and whether everything stands still by now. */
export function pauseSentence(state: Started, { reason, timers }: Pause): string {
  const unknown = [...state.unknown.keys()].map((step) => stepTitle(step, state.graph))
  const why = {
    requested: 'Paused by a person.',
    parent: 'Paused with the execution that started it.',
    unknown: `Paused because it is unknown what ${unknown.join(', ')} did: a person must say.`,
  }[reason]
  const time = timers === 'frozen' ? 'Timers stand still.' : 'Timers run on, and what is due happens when it goes on.'
  const busy = state.busy.size
  const still = busy === 0 ? 'Nothing is in flight.' : `${counted(busy, 'attempt')} still in flight will end.`
  return `${why} ${time} ${still}`
}

/** What a resume ends, and what it leaves. */
export function resumeConsequence({ reason, timers, isParents }: Pause): string {
  if (reason === 'requested' && isParents) return 'The execution that started it is paused: it goes on with that one.'
  const goesOn =
    reason === 'parent'
      ? 'It goes on where it stopped, although the execution that started it is paused.'
      : 'It goes on where it stopped.'
  return `${goesOn} ${
    timers === 'frozen'
      ? 'Its timers go on with the time they had left, and its deadline moves by as much.'
      : 'What was due during the pause happens now.'
  }`
}

/** How far the undoing is, or what came of it. */
export function undoingSentence(state: Started, { steps, done, cause }: Compensation): string {
  if (state.status === 'running') {
    return `What was done is being undone, ${done} of ${counted(steps.length, 'step')}; then it ${cause.type === 'failed' ? 'fails' : 'is cancelled'}.`
  }
  const failed = steps.filter((step) => state.steps.get(undoingOf(state, step))?.status === 'failed')
  const missed = failed.map((step) => stepTitle(step, state.graph)).join(', ')
  return `What was done has been undone: ${counted(steps.length - failed.length, 'step')}, the newest first.${missed === '' ? '' : ` Not undone: ${missed}.`}`
}

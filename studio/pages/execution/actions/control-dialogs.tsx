import { useState } from 'react'
import { stepTitle } from '../../../model/graph-canvas.ts'
import { resumeConsequence } from '../../../model/standing.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { ErrorCard } from '../../../parts/notices.tsx'
import type { DialogProps } from './action-bar.tsx'
import { useCommand } from './commands.ts'

export function PauseDialog({ onClose }: DialogProps) {
  const pause = useCommand(onClose)
  const [timers, setTimers] = useState<'frozen' | 'running'>('frozen')
  return (
    <Confirm
      title="Pause this execution?"
      confirm="Pause"
      keep="Let it go on"
      tone="primary"
      isBusy={pause.isPending}
      onConfirm={() => pause.mutate({ name: 'pause', body: { timers } })}
      onClose={onClose}
    >
      <p>
        Nothing begins until it is resumed. Attempts that are in flight end, and what they did is recorded. Executions
        that it waits for are paused with it.
      </p>
      <fieldset className="choices choices-stacked">
        <legend className="visually-hidden">Timers</legend>
        <Choice
          isChosen={timers === 'frozen'}
          onChoose={() => setTimers('frozen')}
          label="Timers stand still"
          help="Delays, retries and time limits go on with the time they had left."
        />
        <Choice
          isChosen={timers === 'running'}
          onChoose={() => setTimers('running')}
          label="Timers run on"
          help="What is due meanwhile happens when it is resumed."
        />
      </fieldset>
      {pause.error === null ? null : <ErrorCard error={pause.error} />}
    </Confirm>
  )
}

type ChoiceProps = {
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly label: string
  readonly help: string
}

function Choice({ isChosen, onChoose, label, help }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name="timers" checked={isChosen} onChange={onChoose} />
      <span>
        <strong>{label}</strong>
        <br />
        {help}
      </span>
    </label>
  )
}

export function ResumeDialog({ started, onClose }: DialogProps) {
  const resume = useCommand(onClose)
  return (
    <Confirm
      title="Resume this execution?"
      confirm="Resume"
      keep="Leave it paused"
      tone="primary"
      isBusy={resume.isPending}
      onConfirm={() => resume.mutate({ name: 'resume', body: {} })}
      onClose={onClose}
    >
      {started.pause === null ? null : <p>{resumeConsequence(started.pause)}</p>}
      {resume.error === null ? null : <ErrorCard error={resume.error} />}
    </Confirm>
  )
}

export function RetryDialog({ started, onClose }: DialogProps) {
  const retry = useCommand(onClose)
  const { failedStep, graph } = started
  return (
    <Confirm
      title="Retry this execution?"
      confirm="Retry"
      keep="Leave it failed"
      tone="primary"
      isBusy={retry.isPending}
      onConfirm={() => retry.mutate({ name: 'retry', body: {} })}
      onClose={onClose}
    >
      <p>
        {failedStep === null ? 'It goes on where it was' : `${stepTitle(failedStep, graph)} begins anew`}, and so does
        all that was cancelled with it. What succeeded stays as it is. Requests leave again with the same idempotency
        key, so that the other side can tell, and the time limit starts anew.
      </p>
      {retry.error === null ? null : <ErrorCard error={retry.error} />}
    </Confirm>
  )
}

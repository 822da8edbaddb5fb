import { useState } from 'react'
import type { Graph, StepKey } from '../../../../schemas/graph.ts'
import { limits } from '../../../../schemas/limits.ts'
import { stepTitle } from '../../../model/graph-canvas.ts'
import { readInput } from '../../../model/read-input.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { JsonField } from '../../../parts/json-field.tsx'
import { ErrorCard } from '../../../parts/notices.tsx'
import { useCommand } from './commands.ts'

type Outcome = 'succeeded' | 'failed' | 'retry'
const answers: readonly { readonly outcome: Outcome; readonly label: string }[] = [
  { outcome: 'succeeded', label: 'It succeeded' },
  { outcome: 'failed', label: 'It failed' },
  { outcome: 'retry', label: 'Try again' },
]

type UnknownProps = { readonly step: StepKey; readonly graph: Graph }

/** A crash left open what the step did. Only a person can look it up on the other side, and say. */
export function Unknown({ step, graph }: UnknownProps) {
  const [asked, setAsked] = useState<Outcome | null>(null)
  const close = (): void => setAsked(null)
  return (
    <>
      <p>
        The process stopped while its attempt was in flight, and it acts at most once: nothing is sent again unless a
        person says so. Look it up on the other side, by the idempotency key, and say what it did.
      </p>
      <div className="row">
        {answers.map(({ outcome, label }) => (
          <button key={outcome} type="button" className="button button-small" onClick={() => setAsked(outcome)}>
            {label}
          </button>
        ))}
      </div>
      {asked === 'succeeded' ? <Succeeded step={step} graph={graph} onClose={close} /> : null}
      {asked === 'failed' ? <Failed step={step} graph={graph} onClose={close} /> : null}
      {asked === 'retry' ? <TryAgain step={step} graph={graph} onClose={close} /> : null}
    </>
  )
}

type AnswerProps = UnknownProps & { readonly onClose: () => void }

function Succeeded({ step, graph, onClose }: AnswerProps) {
  const answer = useCommand(onClose)
  const [text, setText] = useState('')
  const output = readInput(text)
  return (
    <Confirm
      title={`${stepTitle(step, graph)} succeeded?`}
      confirm="It succeeded"
      keep="Say it later"
      tone="primary"
      isBusy={answer.isPending}
      canConfirm={output.ok}
      onConfirm={() => {
        if (output.ok) answer.mutate({ name: 'answer', body: { step, outcome: 'succeeded', output: output.value } })
      }}
      onClose={onClose}
    >
      <p>
        Nothing is sent. The step is recorded as succeeded with this output, and what follows it reads that; with the
        last unknown step the execution goes on.
      </p>
      <JsonField label="Its output, as JSON" text={text} onChange={setText} />
      {answer.error === null ? null : <ErrorCard error={answer.error} />}
    </Confirm>
  )
}

function Failed({ step, graph, onClose }: AnswerProps) {
  const answer = useCommand(onClose)
  const [message, setMessage] = useState('')
  return (
    <Confirm
      title={`${stepTitle(step, graph)} failed?`}
      confirm="It failed"
      keep="Say it later"
      isBusy={answer.isPending}
      canConfirm={message.trim() !== ''}
      onConfirm={() => answer.mutate({ name: 'answer', body: { step, outcome: 'failed', message: message.trim() } })}
      onClose={onClose}
    >
      <p>Nothing is sent. The step is recorded as failed, and the workflow does what it does then.</p>
      <label className="field">
        <span>What went wrong</span>
        <input
          value={message}
          maxLength={limits.failureMessageChars}
          onChange={(change) => setMessage(change.target.value)}
        />
      </label>
      {answer.error === null ? null : <ErrorCard error={answer.error} />}
    </Confirm>
  )
}

function TryAgain({ step, graph, onClose }: AnswerProps) {
  const answer = useCommand(onClose)
  return (
    <Confirm
      title={`Try ${stepTitle(step, graph)} again?`}
      confirm="Try again"
      keep="Say it later"
      isBusy={answer.isPending}
      onConfirm={() => answer.mutate({ name: 'answer', body: { step, outcome: 'retry' } })}
      onClose={onClose}
    >
      <p>
        Its request leaves once more, with the same idempotency key. If the first one did its work and the other side
        does not know the key, it is done twice.
      </p>
      {answer.error === null ? null : <ErrorCard error={answer.error} />}
    </Confirm>
  )
}

import { useQuery } from '@tanstack/react-query'
import type { Graph, StepKey } from '../../../schemas/graph.ts'
import { executionQuery } from '../../api/one-execution.ts'
import { useExecution, useStepStatus } from '../../canvas/execution-context.ts'
import { isPast } from '../../live/execution-store.ts'
import type { StepMoment } from '../../model/step-moment.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorCard } from '../../parts/notices.tsx'
import { Approval } from './actions/approval.tsx'
import { useExecutionId } from './actions/commands.ts'
import { Unknown } from './actions/unknown.tsx'

type AnswersProps = { readonly step: StepKey; readonly graph: Graph; readonly moment: StepMoment }

/** What a person or the world can answer the step. The past shows what was asked, and takes no answers. */
export function StepAnswers({ step, graph, moment }: AnswersProps) {
  const status = useStepStatus(step)
  const past = useExecution(isPast)
  const { wait } = moment
  if (status === 'unknown') {
    return (
      <section className="answers" aria-label="What did it do?">
        <h3>What did it do?</h3>
        {past ? <p>Nobody had said it at this moment.</p> : <Unknown step={step} graph={graph} />}
      </section>
    )
  }
  if (wait === null) return null
  const isOpen = status === 'waiting' && !past
  return (
    <section className="answers" aria-label="What it waits for">
      <h3>
        {waitTitles[wait.for]} “{wait.name}”
      </h3>
      {wait.message === undefined ? null : <blockquote className="asked">{wait.message}</blockquote>}
      {isOpen && wait.for === 'approval' ? <Approval wait={wait} graph={graph} /> : null}
      {isOpen && wait.for !== 'signal' ? <WaitLink step={step} what={wait.for} /> : null}
      {moment.ignored.map((reason) => (
        <p key={reason} className="faint-text">
          An answer came too late: {reason}.
        </p>
      ))}
    </section>
  )
}

const waitTitles = { signal: 'Signal', approval: 'Approval', callback: 'Callback' } as const

/** The link with which someone who is not signed in here answers the wait. Only the execution's object can make it. */
function WaitLink({ step, what }: { readonly step: StepKey; readonly what: 'approval' | 'callback' }) {
  const execution = useQuery(executionQuery(useExecutionId()))
  if (execution.error !== null) return <ErrorCard error={execution.error} onRetry={() => void execution.refetch()} />
  const url = execution.data?.waiting?.find((waiting) => waiting.step === step)?.url
  if (url === undefined) return null
  return (
    <p className="pair">
      <span>{what === 'approval' ? 'A person can decide by this link, once' : 'A program calls this link, once'}</span>
      <CopyButton label={`Copy the ${what} link`} text={url} what={`the ${what} link`} />
    </p>
  )
}

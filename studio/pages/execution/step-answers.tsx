import type { Graph, StepKey } from '../../../schemas/graph.ts'
import { useExecution, useStepStatus } from '../../canvas/execution-context.ts'
import { isPast } from '../../live/execution-store.ts'
import type { StepMoment } from '../../model/step-moment.ts'
import { Approval } from './actions/approval.tsx'
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
      {moment.ignored.map((reason) => (
        <p key={reason} className="faint-text">
          An answer came too late: {reason}.
        </p>
      ))}
    </section>
  )
}

const waitTitles = { signal: 'Signal', approval: 'Approval', callback: 'Callback' } as const

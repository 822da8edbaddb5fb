import '../../styles/why.css'

import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { StepKey } from '../../../schemas/graph.ts'
import { useExecution, useNavigation } from '../../canvas/execution-context.ts'
import { shownPosition } from '../../live/execution-store.ts'
import { type ShownReason, whyAt } from '../../model/why.ts'
import { Instant } from '../../parts/time.tsx'

/** Why the execution does what it does at the moment: each reason is explained by those that stand further in. */
export function WhyView() {
  return (
    <div className="why-view">
      <Why step={null} />
    </div>
  )
}

/** The same of one step. */
export function Why({ step }: { readonly step: StepKey | null }) {
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const reasons = useMemo(() => whyAt(log, position, step), [log, position, step])
  return (
    <ol className="why">
      {reasons.map((reason) => (
        <li key={`${reason.depth} ${reason.sentence}`} style={{ paddingLeft: reason.depth * 18 }}>
          <Sentence reason={reason} about={step} />
        </li>
      ))}
    </ol>
  )
}

function Sentence({ reason, about }: { readonly reason: ShownReason; readonly about: StepKey | null }) {
  const { selectStep } = useNavigation()
  const { parts, key, until, executionId } = reason
  return (
    <>
      <span className={`why-sentence why-${reason.what}`}>
        {parts.map((part) => (typeof part === 'number' ? <Instant key={part} at={part} /> : part))}
      </span>
      {until === undefined || parts.includes(until) ? null : (
        <span className="faint-text">
          next at <Instant at={until} />
        </span>
      )}
      {key === null || key === about ? null : (
        <button
          type="button"
          className="link-button"
          aria-label={`Show the step ${key}`}
          onClick={() => selectStep(key)}
        >
          show
        </button>
      )}
      {executionId === undefined ? null : (
        <Link to="/executions/$executionId" params={{ executionId }}>
          open
        </Link>
      )}
    </>
  )
}

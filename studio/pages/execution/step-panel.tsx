import '../../styles/step-panel.css'

import { X } from 'lucide-react'
import { useMemo } from 'react'
import { nodeOf } from '../../../runtime/engine/index.ts'
import type { RuleDecision } from '../../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../../schemas/graph.ts'
import { useExecution, useNodeStatus } from '../../canvas/execution-context.ts'
import { shownPosition } from '../../live/execution-store.ts'
import { eventsUntil } from '../../model/execution-log.ts'
import { kindTitle, stepLabel } from '../../model/graph-canvas.ts'
import { formatDuration } from '../../model/instants.ts'
import { stepLooks } from '../../model/looks.ts'
import { type AttemptMoment, stepMoment } from '../../model/step-moment.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { StatusMark } from '../../parts/status-mark.tsx'
import { Clock, Instant } from '../../parts/time.tsx'

/** One step at the moment: what it was asked, what it tried, what came out, and how it is configured. */
export function StepPanel({
  graph,
  step,
  onClose,
}: {
  readonly graph: Graph
  readonly step: StepKey
  readonly onClose: () => void
}) {
  const id = nodeOf(step)
  const node = graph.nodes.find((candidate) => candidate.id === id)
  const status = useNodeStatus(id) ?? 'pending'
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const moment = useMemo(() => stepMoment(eventsUntil(log, position), step), [log, position, step])
  if (node === undefined) return null
  return (
    <aside className="step-panel" aria-label={`Step ${stepLabel(step, graph)}`}>
      <header className="step-panel-head">
        <KindIcon kind={node.kind} size={18} />
        <div>
          <h2>{stepLabel(step, graph)}</h2>
          <p className="faint-text">
            {kindTitle(node.kind)} · <code>{step}</code>
          </p>
        </div>
        <button
          type="button"
          className="icon-button"
          onClick={onClose}
          aria-label="Close the step"
          title="Close the step"
        >
          <X size={16} aria-hidden />
        </button>
      </header>
      <div className="step-panel-body">
        <p className="step-now">
          <StatusMark look={stepLooks[status]} size={16} />
          {status === 'delayed' && moment.delayUntil !== null ? (
            <span>
              until <Instant at={moment.delayUntil} />
            </span>
          ) : null}
        </p>
        {moment.failure === null ? null : (
          <div className="failure">
            <p className="failure-message">{moment.failure.message}</p>
            <code>{moment.failure.code}</code>
          </div>
        )}
        {moment.decision === null ? null : <Decision rules={moment.decision} />}
        {moment.attempts.length === 0 ? null : <Attempts attempts={moment.attempts} />}
        {moment.output === null ? null : <JsonView name="Output" value={moment.output.value} />}
        {moment.failure?.details === undefined ? null : (
          <JsonView name="What the other side said" value={moment.failure.details} />
        )}
        {moment.request === null ? null : <JsonView name="Request" value={moment.request.config} />}
        {moment.idempotencyKey === null ? null : (
          <p className="pair">
            <span>Idempotency key</span>
            <code>{moment.idempotencyKey}</code>
            <CopyButton text={moment.idempotencyKey} what="the idempotency key" />
          </p>
        )}
        {moment.response === null ? null : <JsonView name="Answer to the caller" value={moment.response} />}
        <JsonView name="Settings" value={node.config} open={1} />
        {node.notes === undefined ? null : <p className="notes">{node.notes}</p>}
      </div>
    </aside>
  )
}

/** The rules as they were evaluated then: text, what they read, what came out. */
function Decision({ rules }: { readonly rules: readonly RuleDecision[] }) {
  return (
    <section className="decision" aria-label="Decision">
      <h3>Decision</h3>
      <ol>
        {rules.map((rule) => (
          <li key={`${rule.port}${rule.when}`} className={rule.result ? 'is-true' : 'is-false'}>
            <p>
              <span className="port-chip">{rule.port}</span> {rule.result ? 'true' : 'false'}
            </p>
            <code className="rule">{rule.when}</code>
            {Object.entries(rule.operands).map(([name, value]) => (
              <p key={name} className="operand">
                <code>{name}</code> = <code>{JSON.stringify(value)}</code>
              </p>
            ))}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Attempts({ attempts }: { readonly attempts: readonly AttemptMoment[] }) {
  return (
    <section className="attempts" aria-label="Attempts">
      <h3>{attempts.length === 1 ? 'One attempt' : `${attempts.length} attempts`}</h3>
      <ol>
        {attempts.map((attempt) => (
          <li key={attempt.attempt}>
            <StatusMark look={attemptLooks[attempt.outcome]} size={13} />
            <span className="faint-text">
              <Clock at={attempt.startedAt} />
              {attempt.endedAt === null ? '' : `, ${formatDuration(attempt.endedAt - attempt.startedAt)}`}
            </span>
            {attempt.failure === null ? null : <p>{attempt.failure.message}</p>}
            {attempt.retryAt === null || attempt.endedAt === null ? null : (
              <p className="faint-text">The next after {formatDuration(attempt.retryAt - attempt.endedAt)}.</p>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

const attemptLooks = {
  'in flight': { tone: 'busy', shape: 'spinner', label: 'In flight' },
  succeeded: { tone: 'good', shape: 'check', label: 'Succeeded' },
  failed: { tone: 'bad', shape: 'cross', label: 'Failed' },
  interrupted: { tone: 'waiting', shape: 'alert', label: 'Interrupted' },
  cancelled: { tone: 'stopped', shape: 'stop', label: 'Cancelled' },
} as const

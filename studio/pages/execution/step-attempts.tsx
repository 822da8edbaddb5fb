import type { RuleDecision } from '../../../schemas/execution-events.ts'
import { useLookAt } from '../../canvas/execution-context.ts'
import { formatDuration } from '../../model/instants.ts'
import type { Look } from '../../model/looks.ts'
import type { AttemptMoment } from '../../model/step-moment.ts'
import { StatusMark } from '../../parts/status-mark.tsx'
import { Clock } from '../../parts/time.tsx'

/** The rules as they were evaluated then: text, what they read, what came out. */
export function Decision({ rules }: { readonly rules: readonly RuleDecision[] }) {
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
            {rule.error === undefined ? null : <p className="field-error">Not evaluated: {rule.error}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Every attempt with how it ended, and the way to the moment at which it left. */
export function Attempts({ attempts }: { readonly attempts: readonly AttemptMoment[] }) {
  return (
    <section className="attempts" aria-label="Attempts">
      <h3>{attempts.length === 1 ? 'One attempt' : `${attempts.length} attempts`}</h3>
      <ol>
        {attempts.map((attempt) => (
          <Attempt key={attempt.position} attempt={attempt} />
        ))}
      </ol>
    </section>
  )
}

function Attempt({ attempt }: { readonly attempt: AttemptMoment }) {
  const lookAt = useLookAt()
  const { position, startedAt, endedAt, failure, retryAt, ignored } = attempt
  return (
    <li>
      <StatusMark look={attemptLooks[attempt.outcome]} size={13} />
      <span className="faint-text">
        <Clock at={startedAt} />
        {endedAt === null ? '' : `, ${formatDuration(endedAt - startedAt)}`}
      </span>
      <button
        type="button"
        className="link-button"
        aria-label={`Show the moment at which attempt ${attempt.attempt} left`}
        onClick={() => lookAt(position)}
      >
        event {position}
      </button>
      {failure === null ? null : (
        <p>
          {failure.message} <code>{failure.code}</code>
        </p>
      )}
      {retryAt === null || endedAt === null ? null : (
        <p className="faint-text">The next after {formatDuration(retryAt - endedAt)}.</p>
      )}
      {ignored.map((reason) => (
        <p key={reason} className="faint-text">
          Answered too late, {reason}
        </p>
      ))}
    </li>
  )
}

const attemptLooks = {
  'in flight': { tone: 'busy', shape: 'spinner', label: 'In flight' },
  succeeded: { tone: 'good', shape: 'check', label: 'Succeeded' },
  failed: { tone: 'bad', shape: 'cross', label: 'Failed' },
  interrupted: { tone: 'waiting', shape: 'alert', label: 'Interrupted' },
  unknown: { tone: 'bad', shape: 'alert', label: 'Unknown' },
  'started a child': { tone: 'good', shape: 'check', label: 'Started its child' },
  cancelled: { tone: 'stopped', shape: 'stop', label: 'Cancelled' },
} as const satisfies Record<AttemptMoment['outcome'], Look>

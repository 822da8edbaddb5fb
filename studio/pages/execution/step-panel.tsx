import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { nodeOf, scopeOf } from '../../../runtime/engine/index.ts'
import { iterationAt } from '../../../runtime/engine/step-key.ts'
import type { Graph, Node, StepKey } from '../../../schemas/graph.ts'
import { useExecution, useLookAt, useStepStatus } from '../../canvas/execution-context.ts'
import { shownPosition } from '../../live/execution-store.ts'
import { kindTitle, stepTitle } from '../../model/graph-canvas.ts'
import { isFrame } from '../../model/graph-layout.ts'
import { stepLooks } from '../../model/looks.ts'
import { itemsRound, type StepMoment, stepMoment } from '../../model/step-moment.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { PanelHead } from '../../parts/panel-head.tsx'
import { StatusMark } from '../../parts/status-mark.tsx'
import { Instant } from '../../parts/time.tsx'
import { BatchLink } from './batch-link.tsx'
import { IterationList } from './iteration-list.tsx'
import { StepAnswers } from './step-answers.tsx'
import { Attempts, Decision } from './step-attempts.tsx'
import { Why } from './why-view.tsx'

type PanelProps = { readonly graph: Graph; readonly step: StepKey; readonly onClose: () => void }

/** One step at the moment: what it was asked, what it tried, what came out, and how it is configured. */
export function StepPanel({ graph, step, onClose }: PanelProps) {
  const node = graph.nodes.find(({ id }) => id === nodeOf(step))
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const moment = useMemo(() => stepMoment(log, position, step), [log, position, step])
  if (node === undefined) return null
  return (
    <aside className="step-panel" aria-label={`Step ${stepTitle(step, graph)}`}>
      <PanelHead kind={node.kind} title={stepTitle(step, graph)} close="Close the step" onClose={onClose}>
        {kindTitle(node.kind)} · <code>{step}</code>
      </PanelHead>
      <div className="step-panel-body">
        <Now step={step} moment={moment} />
        <details className="why-panel">
          <summary>Why?</summary>
          <Why step={step} />
        </details>
        <StepAnswers step={step} graph={graph} moment={moment} />
        {isFrame(node) ? <IterationList container={step} graph={graph} /> : null}
        <Outcome moment={moment} />
        <Asked step={step} moment={moment} />
        <Configured node={node} />
      </div>
    </aside>
  )
}

function Now({ step, moment }: { readonly step: StepKey; readonly moment: StepMoment }) {
  const status = useStepStatus(step)
  const at = status === 'elsewhere' ? iterationAt(scopeOf(step)) : null
  const until = status === 'delayed' ? moment.delayUntil : status === 'waiting' ? (moment.wait?.until ?? null) : null
  return (
    <p className="step-now">
      <StatusMark look={stepLooks[status]} size={16} />
      {at === null ? null : <BatchLink container={at.container} index={at.index} />}
      {until === null ? null : (
        <span>
          until <Instant at={until} />
        </span>
      )}
    </p>
  )
}

/** What it came to, and how. */
function Outcome({ moment }: { readonly moment: StepMoment }) {
  const { failure, child } = moment
  return (
    <>
      {failure === null ? null : (
        <div className="failure">
          <p className="failure-message">{failure.message}</p>
          <code>{failure.code}</code>
        </div>
      )}
      {child === null ? null : (
        <p className="pair">
          <span>Its child</span>
          <Link to="/executions/$executionId" params={{ executionId: child.executionId }} className="mono">
            {child.executionId}
          </Link>
        </p>
      )}
      {moment.decision === null ? null : <Decision rules={moment.decision} />}
      {moment.attempts.length === 0 ? null : <Attempts attempts={moment.attempts} />}
      {moment.output === null ? null : <JsonView name="Output" value={moment.output.value} />}
      {failure?.details === undefined ? null : <JsonView name="What the other side said" value={failure.details} />}
    </>
  )
}

/** What it worked on, and what it asked the world for. */
function Asked({ step, moment }: { readonly step: StepKey; readonly moment: StepMoment }) {
  const log = useExecution((open) => open.log)
  const lookAt = useLookAt()
  const { request, idempotencyKey, response } = moment
  return (
    <>
      {itemsRound(log, scopeOf(step)).map(({ container, index, item }) =>
        item === null ? null : (
          <JsonView key={container} name={`Item ${index} of ${nodeOf(container)}`} value={item.value} />
        ),
      )}
      {request === null ? null : (
        <>
          <JsonView name="Request" value={request.value.config} />
          <p className="pair">
            <span>The same for every attempt, recorded at</span>
            <button type="button" className="link-button" onClick={() => lookAt(request.position)}>
              event {request.position}
            </button>
          </p>
        </>
      )}
      {idempotencyKey === null ? null : (
        <p className="pair">
          <span>Idempotency key</span>
          <code>{idempotencyKey}</code>
          <CopyButton text={idempotencyKey} what="the idempotency key" />
        </p>
      )}
      {response === null ? null : <JsonView name="Answer to the caller" value={response} />}
    </>
  )
}

function Configured({ node }: { readonly node: Node }) {
  return (
    <>
      <JsonView name="Settings" value={node.config} open={1} />
      {node.notes === undefined ? null : <p className="notes">{node.notes}</p>}
    </>
  )
}

import { useMemo, useState } from 'react'
import type { Graph, StepKey } from '../../../schemas/graph.ts'
import { useExecution, useNavigation } from '../../canvas/execution-context.ts'
import { HeatStrip } from '../../canvas/heat-strip.tsx'
import { IterationPicker } from '../../canvas/iteration-picker.tsx'
import { shownIndexOf, shownPosition } from '../../live/execution-store.ts'
import type { ContainerTrace } from '../../model/container-trace.ts'
import { type ExecutionLog, eventAt } from '../../model/execution-log.ts'
import { stepTitle } from '../../model/graph-canvas.ts'
import { formatDuration } from '../../model/instants.ts'
import { iterationPage } from '../../model/iteration-page.ts'
import { iterationLooks } from '../../model/iteration-words.ts'
import { StatusMark } from '../../parts/status-mark.tsx'
import { BatchLink } from './batch-link.tsx'

/** Lines of one page: a container may have ten thousand iterations. */
const pageSize = 20

type ListProps = { readonly container: StepKey; readonly graph: Graph }

/** The iterations of a container, a page at a time, and on wish only those that failed. */
export function IterationList({ container, graph }: ListProps) {
  const trace = useExecution((open) => open.log.index.container(container))
  return (
    <section className="iteration-list" aria-label="Iterations">
      <h3>Iterations</h3>
      <IterationPicker container={container} label={stepTitle(container, graph)} />
      <HeatStrip container={container} />
      {trace === null ? null : <Pages container={container} trace={trace} />}
    </section>
  )
}

function Pages({ container, trace }: { readonly container: StepKey; readonly trace: ContainerTrace }) {
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const shown = useExecution((open) => shownIndexOf(open, container))
  const [failedOnly, setFailedOnly] = useState(false)
  const [page, setPage] = useState<number | null>(null)
  // Until somebody turns the pages, the one with the shown iteration is open.
  const listed = useMemo(
    () => iterationPage(trace, position, { failedOnly, page, shown, pageSize }),
    [trace, position, failedOnly, page, shown],
  )
  return (
    <>
      <label className="choice">
        <input
          type="checkbox"
          checked={failedOnly}
          onChange={(change) => {
            setFailedOnly(change.target.checked)
            setPage(null)
          }}
        />
        <span>Only those that failed</span>
      </label>
      <ol>
        {listed.indices.map((index) => (
          <Iteration
            key={index}
            container={container}
            index={index}
            trace={trace}
            log={log}
            position={position}
            isShown={index === shown}
          />
        ))}
      </ol>
      {listed.pages < 2 ? null : (
        <p className="row">
          <button
            type="button"
            className="button button-small"
            disabled={listed.page === 0}
            onClick={() => setPage(listed.page - 1)}
          >
            Earlier
          </button>
          <span className="tabular faint-text">
            Page {listed.page + 1} of {listed.pages}
          </span>
          <button
            type="button"
            className="button button-small"
            disabled={listed.page === listed.pages - 1}
            onClick={() => setPage(listed.page + 1)}
          >
            Later
          </button>
        </p>
      )}
    </>
  )
}

type IterationProps = {
  readonly container: StepKey
  readonly index: number
  readonly trace: ContainerTrace
  readonly log: ExecutionLog
  readonly position: number
  readonly isShown: boolean
}

function Iteration({ container, index, trace, log, position, isShown }: IterationProps) {
  const { showIteration } = useNavigation()
  const moment = trace.iterationAt(index, position)
  if (moment === null) return null
  const from = eventAt(log, moment.startedAt)?.at ?? 0
  const end = moment.endedAt === null ? undefined : eventAt(log, moment.endedAt)
  const failure = end?.type === 'IterationFailed' || end?.type === 'StepFailed' ? end.failure.message : null
  return (
    <li>
      <button
        type="button"
        className="iteration-line"
        aria-pressed={isShown}
        onClick={() => showIteration(container, index)}
      >
        <span className="tabular">{index}</span>
        <StatusMark look={iterationLooks[moment.outcome]} size={13} />
        <span className="faint-text tabular">{end === undefined ? '' : formatDuration(end.at - from)}</span>
        {failure === null ? null : <span className="iteration-failure">{failure}</span>}
      </button>
      {trace.batchSize === null ? null : <BatchLink container={container} index={index} />}
    </li>
  )
}

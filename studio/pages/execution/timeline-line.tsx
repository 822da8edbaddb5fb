import { ChevronDown, ChevronRight, Undo2 } from 'lucide-react'
import { nodeOf } from '../../../runtime/engine/index.ts'
import type { Graph, NodeId, StepKey } from '../../../schemas/graph.ts'
import { useExecution, useNavigation } from '../../canvas/execution-context.ts'
import { IterationPicker } from '../../canvas/iteration-picker.tsx'
import { shownIndexOf, shownPosition, shownStepOf } from '../../live/execution-store.ts'
import { eventAt } from '../../model/execution-log.ts'
import { labelOf, stepTitle } from '../../model/graph-canvas.ts'
import { formatDuration } from '../../model/instants.ts'
import type { TimeScale } from '../../model/time-scale.ts'
import type { TimelineRow } from '../../model/timeline.ts'
import type { TimelineLine } from '../../model/timeline-lines.ts'
import { percent } from './timeline-over.tsx'
import { Row } from './timeline-row.tsx'

type LineProps<Kind extends TimelineLine['kind'] = TimelineLine['kind']> = {
  readonly line: Extract<TimelineLine, { kind: Kind }>
  readonly graph: Graph
  readonly rowOf: (step: StepKey) => TimelineRow
  /** Which of all lines it is, from 1: those who hear the page cannot see that others are left out. */
  readonly place: number
  readonly count: number
  readonly scale: TimeScale
  readonly cursorAt: number
  readonly startedAt: number
  readonly selected: NodeId | null
  readonly onToggle: (id: NodeId) => void
}

export function Line(props: LineProps) {
  const { line } = props
  switch (line.kind) {
    case 'step':
    case 'container':
      return <NodeLine {...props} line={line} />
    case 'iteration':
      return <IterationLine {...props} line={line} />
    case 'undo':
      return <UndoLine {...props} line={line} />
    case 'section':
      return (
        <li className="timeline-row timeline-section" aria-posinset={props.place} aria-setsize={props.count}>
          <h3>{line.label}</h3>
        </li>
      )
  }
}

function NodeLine(props: LineProps<'step' | 'container'>) {
  const { line, rowOf, selected, onToggle, place, count, scale, cursorAt, startedAt } = props
  const { select } = useNavigation()
  const step = useExecution((open) => shownStepOf(open, line.node.id))
  const row = rowOf(step)
  const label = labelOf(line.node)
  return (
    <Row
      row={row}
      label={label}
      depth={line.depth}
      place={place}
      count={count}
      scale={scale}
      cursorAt={isOpen(row) ? cursorAt : startedAt}
      startedAt={startedAt}
      isSelected={selected === line.node.id}
      onSelect={() => select(line.node.id)}
      toggle={
        line.kind === 'step' ? null : (
          <Toggle label={label} isExpanded={line.isExpanded} onToggle={() => onToggle(line.node.id)} />
        )
      }
    />
  )
}

function Toggle(props: { readonly label: string; readonly isExpanded: boolean; readonly onToggle: () => void }) {
  const Icon = props.isExpanded ? ChevronDown : ChevronRight
  return (
    <button
      type="button"
      className="icon-button timeline-toggle"
      aria-expanded={props.isExpanded}
      aria-label={`Steps inside ${props.label}`}
      onClick={props.onToggle}
    >
      <Icon size={14} aria-hidden />
    </button>
  )
}

/** The iteration that the lines below show: which, of how many, and when it was. */
function IterationLine({ line, place, count, scale, cursorAt }: LineProps<'iteration'>) {
  const container = useExecution((open) => shownStepOf(open, line.node.id))
  const index = useExecution((open) => shownIndexOf(open, container))
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const moment = log.index.container(container)?.iterationAt(index, position) ?? null
  const from = moment === null ? null : (eventAt(log, moment.startedAt)?.at ?? null)
  const to = moment === null || moment.endedAt === null ? cursorAt : (eventAt(log, moment.endedAt)?.at ?? cursorAt)
  return (
    <li className="timeline-row timeline-iteration" aria-posinset={place} aria-setsize={count}>
      <div className="timeline-name" style={indented(line.depth)}>
        <IterationPicker container={container} label={labelOf(line.node)} isBrief />
      </div>
      <div className="timeline-lane">
        {from === null || moment === null ? null : (
          <span
            className={`bar bar-iteration bar-${moment.outcome}`}
            style={{ left: percent(scale.place(from)), width: percent(scale.place(to) - scale.place(from)) }}
            title={`Iteration ${index}, ${moment.outcome}: ${formatDuration(to - from)}`}
          />
        )}
      </div>
    </li>
  )
}

function UndoLine(props: LineProps<'undo'>) {
  const { line, graph, rowOf, place, count, scale, cursorAt, startedAt } = props
  const { selectStep } = useNavigation()
  const row = rowOf(line.step)
  const undone = stepTitle(line.undoes, graph)
  // A batch is undone by the execution that did it, which is no node of this graph.
  const isBatch = nodeOf(line.step) === nodeOf(line.undoes)
  return (
    <Row
      row={row}
      label={isBatch ? undone : stepTitle(line.step, graph)}
      note={isBatch ? 'undoes what it did' : `undoes ${undone}`}
      depth={0}
      place={place}
      count={count}
      scale={scale}
      cursorAt={isOpen(row) ? cursorAt : startedAt}
      startedAt={startedAt}
      isSelected={false}
      onSelect={() => selectStep(line.step)}
      toggle={<Undo2 size={13} aria-hidden className="timeline-undo" />}
    />
  )
}

const indented = (depth: number) => ({ paddingLeft: depth * 16 })

const isOpen = (row: TimelineRow): boolean => row.segments.at(-1)?.to === null

import '../styles/iterations.css'

import { ChevronLeft, ChevronRight, CircleX } from 'lucide-react'
import { type MouseEvent, useState } from 'react'
import type { StepKey } from '../../schemas/graph.ts'
import { shownIndexOf, shownPosition } from '../live/execution-store.ts'
import { noCounts } from '../model/container-trace.ts'
import { briefCounts, countsWords } from '../model/iteration-words.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { useExecution, useNavigation } from './execution-context.ts'

type PickerProps = { readonly container: StepKey; readonly label: string; readonly isBrief?: boolean }

/** Which iteration of a container is shown, what became of all of them, and the way to any other. */
export function IterationPicker({ container, label, isBrief = false }: PickerProps) {
  const { showIteration } = useNavigation()
  const trace = useExecution((open) => open.log.index.container(container))
  const counts = useExecution((open) => trace?.countsAt(shownPosition(open)) ?? noCounts)
  const index = useExecution((open) => shownIndexOf(open, container))
  const position = useExecution(shownPosition)
  if (trace === null || counts.begun === 0) {
    return <p className="iterations-none">{trace === null ? 'Not begun' : 'No iteration yet'}</p>
  }
  const last = trace.first + counts.begun - 1
  const show = (next: number): void => showIteration(container, Math.max(trace.first, Math.min(next, last)))
  const nextFailed = trace.nextFailed(index, 1, position) ?? counts.firstFailed
  return (
    // Keys and clicks in here are about iterations, not about the node round it.
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the clicks of the buttons inside to itself
    // biome-ignore lint/a11y/useKeyWithClickEvents: it only keeps the clicks of the buttons inside to itself
    <div className="iterations nodrag nopan nokey" onClick={stop}>
      <span
        className={`iterations-counts${counts.failed > 0 ? ' has-failed' : ''}`}
        title={isBrief ? countsWords(trace, counts) : undefined}
      >
        {isBrief ? briefCounts(counts) : countsWords(trace, counts)}
      </span>
      <fieldset className="iterations-steps">
        <legend className="visually-hidden">Iteration of {label}</legend>
        <IconButton
          icon={ChevronLeft}
          size={14}
          label={`Iteration before, of ${label}`}
          title="Iteration before"
          isOff={index <= trace.first}
          onClick={() => show(index - 1)}
        />
        <IndexInput key={index} index={index} label={`Iteration of ${label}`} onChoose={show} />
        <IconButton
          icon={ChevronRight}
          size={14}
          label={`Iteration after, of ${label}`}
          title="Iteration after"
          isOff={index >= last}
          onClick={() => show(index + 1)}
        />
        {nextFailed === null ? null : (
          <IconButton
            icon={CircleX}
            size={14}
            className="iterations-failed"
            label={`Next failure in ${label}`}
            title={`Next failure: ${nextFailed}`}
            onClick={() => show(nextFailed)}
          />
        )}
      </fieldset>
    </div>
  )
}

type IndexProps = { readonly index: number; readonly label: string; readonly onChoose: (index: number) => void }

/** The index of the shown iteration. Another one typed in is shown when Enter is pressed or the field is left. */
function IndexInput({ index, label, onChoose }: IndexProps) {
  const [text, setText] = useState(String(index))
  const choose = (): void => {
    if (/^\d+$/.test(text) && Number(text) !== index) onChoose(Number(text))
    else setText(String(index))
  }
  return (
    <input
      className="iterations-index tabular"
      inputMode="numeric"
      aria-label={label}
      value={text}
      onChange={(change) => setText(change.target.value)}
      onBlur={choose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        event.stopPropagation()
        choose()
      }}
    />
  )
}

const stop = (event: MouseEvent): void => event.stopPropagation()

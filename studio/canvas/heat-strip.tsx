import '../styles/iterations.css'

import { type MouseEvent, useMemo, useState } from 'react'
import type { StepKey } from '../../schemas/graph.ts'
import { shownIndexOf, shownPosition } from '../live/execution-store.ts'
import type { ContainerTrace } from '../model/container-trace.ts'
import { cellAt, type HeatCell, heatCells } from '../model/heat-strip.ts'
import { cellWords, countsWords } from '../model/iteration-words.ts'
import { useExecution, useNavigation } from './execution-context.ts'

/** As many as can still be told apart, and hit, in the head of a frame. */
const mostCells = 120
/** Up to so many cells a gap between them can be seen. */
const mostGaps = 40

/** What became of all iterations of a container, at a glance. A click shows one; by keys the picker beside it does. */
export function HeatStrip({ container }: { readonly container: StepKey }) {
  const trace = useExecution((open) => open.log.index.container(container))
  return trace === null ? null : <Strip container={container} trace={trace} />
}

function Strip({ container, trace }: { readonly container: StepKey; readonly trace: ContainerTrace }) {
  const { showIteration } = useNavigation()
  const position = useExecution(shownPosition)
  const shown = useExecution((open) => shownIndexOf(open, container))
  const [pointed, setPointed] = useState<HeatCell | null>(null)
  const cells = useMemo(() => heatCells(trace, position, mostCells), [trace, position])
  if (cells.length < 2) return null
  const show = (event: MouseEvent): void => {
    event.stopPropagation()
    const cell = pointedAt(cells, event)
    if (cell !== undefined && cell.heat !== 'pending') showIteration(container, cell.index)
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the picker, which is beside every strip, leads to every iteration by keys
    <svg
      className="heat nodrag nopan"
      role="img"
      aria-label={countsWords(trace, trace.countsAt(position))}
      viewBox={`0 0 ${cells.length} 10`}
      preserveAspectRatio="none"
      onClick={show}
      onMouseMove={(event) => setPointed(pointedAt(cells, event) ?? null)}
    >
      <title>{pointed === null ? '' : cellWords(pointed)}</title>
      <Cells cells={cells} shown={shown} />
    </svg>
  )
}

/** A failure stands out by its height too, and what is still to come is a line. */
const tops = { failed: 0, open: 3, cancelled: 6, succeeded: 3, pending: 8 } as const satisfies Record<
  HeatCell['heat'],
  number
>

function Cells({ cells, shown }: { readonly cells: readonly HeatCell[]; readonly shown: number }) {
  // Cells without a gap overlap a little, so that no seam shows between them.
  const width = cells.length > mostGaps ? 1.02 : 0.86
  return cells.map(({ first, last, heat }, at) => (
    <rect
      key={first}
      x={at}
      y={tops[heat]}
      width={width}
      height={10 - tops[heat]}
      className={`heat-${heat}${shown >= first && shown <= last ? ' is-shown' : ''}`}
    />
  ))
}

function pointedAt(cells: readonly HeatCell[], event: MouseEvent): HeatCell | undefined {
  const { left, width } = event.currentTarget.getBoundingClientRect()
  return cellAt(cells, (event.clientX - left) / width)
}

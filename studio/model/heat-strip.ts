import type { ContainerTrace, IterationOutcome } from './container-trace.ts'

export type Heat = IterationOutcome | 'pending'

/** Neighbouring iterations, from `first` to `last`. They look like the one of them that most needs a person: `index`. */
export type HeatCell = { readonly first: number; readonly last: number; readonly index: number; readonly heat: Heat }

/** All iterations of a container in at most so many cells, in the order of their indices; those to come too, where it is known how many. */
export function heatCells(trace: ContainerTrace, position: number, most: number): readonly HeatCell[] {
  const count = trace.end === null ? trace.countsAt(position).begun : trace.end - trace.first
  const size = Math.max(1, Math.ceil(count / most))
  return Array.from({ length: Math.ceil(count / size) }, (_, cell) => {
    const first = trace.first + cell * size
    return cellOf(trace, position, first, Math.min(first + size, trace.first + count) - 1)
  })
}

/** Of ten thousand cells, nobody could hit one: what is pointed at is a place between 0 and 1. */
export const cellAt = (cells: readonly HeatCell[], place: number): HeatCell | undefined =>
  cells[Math.max(0, Math.min(Math.floor(place * cells.length), cells.length - 1))]

/** From what needs a person least to what needs one most. */
const urgency: readonly Heat[] = ['succeeded', 'pending', 'cancelled', 'open', 'failed']

function cellOf(trace: ContainerTrace, position: number, first: number, last: number): HeatCell {
  let cell: HeatCell = { first, last, index: first, heat: trace.outcomeAt(first, position) ?? 'pending' }
  for (let index = first + 1; index <= last; index += 1) {
    const heat = trace.outcomeAt(index, position) ?? 'pending'
    if (urgency.indexOf(heat) > urgency.indexOf(cell.heat)) cell = { ...cell, index, heat }
  }
  return cell
}

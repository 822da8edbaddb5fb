import type { ContainerTrace, IterationCounts, IterationOutcome } from './container-trace.ts'
import type { HeatCell } from './heat-strip.ts'
import type { Look } from './looks.ts'

/** What became of a container's iterations: `7 of 10 done · 1 failed`. */
export function countsWords(
  { first, end, batchSize }: Pick<ContainerTrace, 'first' | 'end' | 'batchSize'>,
  counts: IterationCounts,
): string {
  const done = counts.succeeded + counts.failed
  const what = batchSize === null ? '' : ' batches'
  return [
    end === null ? `${done} done` : `${done} of ${end - first}${what} done`,
    ...(counts.failed === 0 ? [] : [`${counts.failed} failed`]),
    ...(counts.open === 0 ? [] : [`${counts.open} under way`]),
  ].join(' · ')
}

/** The same where there is little room: what most needs a person. */
export function briefCounts({ succeeded, failed, open }: IterationCounts): string {
  if (failed > 0) return `${failed} failed`
  return open > 0 ? `${open} under way` : `${succeeded} done`
}

/** What a cell of the strip stands for: `Iterations 378 to 461: 396 failed`. */
export function cellWords({ first, last, index, heat }: HeatCell): string {
  if (first === last) return `Iteration ${first}: ${heatWords[heat]}`
  const which = heat === 'succeeded' || heat === 'pending' ? '' : `${index} `
  return `Iterations ${first} to ${last}: ${which}${heatWords[heat]}`
}

const heatWords = {
  open: 'under way',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  pending: 'not begun',
} as const satisfies Record<HeatCell['heat'], string>

export const iterationLooks = {
  open: { tone: 'busy', shape: 'spinner', label: 'Under way' },
  succeeded: { tone: 'good', shape: 'check', label: 'Succeeded' },
  failed: { tone: 'bad', shape: 'cross', label: 'Failed' },
  cancelled: { tone: 'stopped', shape: 'stop', label: 'Cancelled' },
} as const satisfies Record<IterationOutcome, Look>

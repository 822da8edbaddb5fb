import type { ContainerTrace, IterationCounts, IterationOutcome } from './container-trace.ts'
import type { Look } from './looks.ts'

/** What became of a container's iterations, in few words: `7 of 10 · 1 failed`. */
export function countsWords({ first, end }: Pick<ContainerTrace, 'first' | 'end'>, counts: IterationCounts): string {
  const done = counts.succeeded + counts.failed
  return [
    end === null ? `${done} done` : `${done} of ${end - first}`,
    ...(counts.failed === 0 ? [] : [`${counts.failed} failed`]),
    ...(counts.open === 0 ? [] : [`${counts.open} open`]),
  ].join(' · ')
}

export const iterationLooks = {
  open: { tone: 'busy', shape: 'spinner', label: 'Under way' },
  succeeded: { tone: 'good', shape: 'check', label: 'Succeeded' },
  failed: { tone: 'bad', shape: 'cross', label: 'Failed' },
  cancelled: { tone: 'stopped', shape: 'stop', label: 'Cancelled' },
} as const satisfies Record<IterationOutcome, Look>

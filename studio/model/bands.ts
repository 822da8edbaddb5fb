import type { WholeEvent } from './log-index.ts'

/** A stretch in which the whole execution stood still, or was being undone; `to` is null while it lasts. */
export type Band = {
  readonly kind: 'paused' | 'undoing'
  readonly from: number
  readonly to: number | null
  readonly words: string
}
/** A moment at which somebody did something to the whole execution. */
export type Flag = { readonly kind: 'retried' | 'signal'; readonly at: number; readonly words: string }

export type Marks = { readonly bands: readonly Band[]; readonly flags: readonly Flag[] }

/** What lies over all rows of the timeline. `endedAt`: when the execution ended, null while it goes on. */
export function marksOf(events: readonly WholeEvent[], endedAt: number | null): Marks {
  const bands: Band[] = []
  const flags: Flag[] = []
  for (const event of events) {
    switch (event.type) {
      case 'ExecutionPaused':
        // A person who pauses what already stands still only takes over the pause.
        if (openBand(bands, 'paused') === -1) {
          const words = `Paused, timers ${event.timers === 'frozen' ? 'frozen' : 'running'}`
          bands.push({ kind: 'paused', from: event.at, to: null, words })
        }
        break
      case 'ExecutionResumed':
        close(bands, 'paused', event.at)
        break
      case 'CompensationStarted':
        bands.push({ kind: 'undoing', from: event.at, to: null, words: 'What was done is undone' })
        break
      case 'ExecutionRetried':
        // A pause does not outlast the end of the execution.
        close(bands, 'paused', event.at)
        flags.push({ kind: 'retried', at: event.at, words: 'Retried' })
        break
      case 'SignalReceived':
        flags.push({ kind: 'signal', at: event.at, words: `Signal “${event.name}”` })
        break
    }
  }
  return { bands: bands.map((band) => (band.to === null ? { ...band, to: endedAt } : band)), flags }
}

const openBand = (bands: readonly Band[], kind: Band['kind']): number =>
  bands.findLastIndex((band) => band.kind === kind && band.to === null)

function close(bands: Band[], kind: Band['kind'], to: number): void {
  const index = openBand(bands, kind)
  const band = bands[index]
  if (band !== undefined) bands[index] = { ...band, to }
}

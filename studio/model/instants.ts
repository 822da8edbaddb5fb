const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A duration for people, in at most two units: `240 ms`, `3.2 s`, `4 min 12 s`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return formatDuration(0)
  if (ms < SECOND) return `${Math.round(ms)} ms`
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return joined(Math.floor(ms / MINUTE), 'min', Math.floor((ms % MINUTE) / SECOND), 's')
  if (ms < DAY) return joined(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'min')
  return joined(Math.floor(ms / DAY), 'd', Math.floor((ms % DAY) / HOUR), 'h')
}

/** How long ago, or how far ahead: `just now`, `12 s ago`, `in 3 h`. One unit, because it changes under the reader's eyes. */
export function formatAgo(at: number, now: number): string {
  const distance = Math.abs(now - at)
  if (distance < 2 * SECOND) return 'just now'
  const [amount, unit] = coarse(distance)
  return at <= now ? `${amount} ${unit} ago` : `in ${amount} ${unit}`
}

/** Local wall time with milliseconds, for events: `14:03:07.042`. */
export function formatClock(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Local date and time in the reader's language. */
export function formatLocal(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
}

/** What a time shows on hover: the same instant in UTC, unambiguous. */
export const formatUtc = (at: number): string => `${new Date(at).toISOString().replace('T', ' ').replace('Z', '')} UTC`

/** Time since the start of an execution: `+1.2 s`. */
export const formatOffset = (at: number, startedAt: number): string => `+${formatDuration(at - startedAt)}`

const joined = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`

function coarse(ms: number): readonly [number, string] {
  if (ms < MINUTE) return [Math.floor(ms / SECOND), 's']
  if (ms < HOUR) return [Math.floor(ms / MINUTE), 'min']
  if (ms < DAY) return [Math.floor(ms / HOUR), 'h']
  return [Math.floor(ms / DAY), 'd']
}

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?$/
const DAY_MS = 86_400_000

/**
 * Epoch milliseconds of a number of them, or of ISO 8601 text with a zone (a date alone is midnight
 * UTC); null for anything else. Written out because `Date` is a clock and has no place in the engine.
 */
export function instantOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null
  const match = typeof value === 'string' ? pattern.exec(value) : null
  if (match === null) return null
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) =>
    Number(match[group] ?? 0),
  ) as Fields
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const fraction = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const at = daysSinceEpoch(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + fraction
  const zoneMs = offsetMs(match[8] ?? 'Z')
  return zoneMs !== null && at >= zoneMs ? at - zoneMs : null
}

/** The instant as ISO 8601 in UTC, without a fraction when it is a whole second. */
export function instantText(at: number): string {
  const days = Math.floor(at / DAY_MS)
  // Too early rather than too late: counted up from there.
  let year = 1970 + Math.floor(days / 366)
  while (daysSinceEpoch(year + 1, 1, 1) <= days) year += 1
  let month = 1
  let day = days - daysSinceEpoch(year, 1, 1) + 1
  for (; day > daysIn(year, month); month += 1) day -= daysIn(year, month)
  const ms = at - days * DAY_MS
  const time = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map((part) => padded(part, 2)).join(':')
  const fraction = ms % 1000 === 0 ? '' : `.${padded(ms % 1000, 3)}`
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}T${time}${fraction}Z`
}

const padded = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, '0')

type Fields = [number, number, number, number, number, number]

/** Null for a zone that is none. */
function offsetMs(zone: string): number | null {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))]
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const daysIn = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31

/** Days from 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that the leap day is last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const marchMonth = (month + 9) % 12
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1
  return (
    365 * marchYear +
    Math.floor(marchYear / 4) -
    Math.floor(marchYear / 100) +
    Math.floor(marchYear / 400) +
    dayOfYear -
    719_468
  )
}

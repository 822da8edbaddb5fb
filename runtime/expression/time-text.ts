import { failed } from './expression-error.ts'
import { Duration, Timestamp } from './value.ts'

export const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** 0001-01-01 to 9999-12-31, the range of CEL. */
const FIRST_MS = -62_135_596_800_000
const LAST_MS = 253_402_300_799_999

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const DURATION_PART = /^(\d{1,15}(?:\.\d{1,9})?)(ms|h|m|s)/
const UNIT_MS: Readonly<Record<string, number>> = { h: HOUR_MS, m: MINUTE_MS, s: 1000, ms: 1 }

/** An instant of RFC 3339, for example `2026-02-03T04:05:06Z`. Parts of a millisecond are cut. */
export function parseTimestamp(text: string): Timestamp {
  const match = RFC_3339.exec(text)
  if (match === null) throw notATimestamp(text)
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const days = daysFromCivil(year, month, day)
  const written = civilFromDays(days)
  const isRealDay = written.month === month && written.day === day
  if (!isRealDay || hour > 23 || minute > 59 || second > 59) throw notATimestamp(text)
  const fraction = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const clock = hour * HOUR_MS + minute * MINUTE_MS + second * 1000 + fraction
  return timestampAt(days * DAY_MS + clock - offsetMs(match[8], match[9], match[10]))
}

/** The instant, when it is in the years 1 to 9999. */
export function timestampAt(epochMs: number): Timestamp {
  if (epochMs >= FIRST_MS && epochMs <= LAST_MS) return new Timestamp(epochMs)
  throw failed('range', 'a timestamp must be in the years 1 to 9999', 'check the number; it is in seconds')
}

/** ISO 8601 in UTC, with milliseconds when there are any. */
export function formatTimestamp({ epochMs }: Timestamp): string {
  const days = Math.floor(epochMs / DAY_MS)
  const { year, month, day } = civilFromDays(days)
  const clock = epochMs - days * DAY_MS
  const ms = clock % 1000
  const time = [clock / HOUR_MS, (clock / MINUTE_MS) % 60, (clock / 1000) % 60].map((part) =>
    digits(Math.floor(part), 2),
  )
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${time.join(':')}${ms === 0 ? '' : `.${digits(ms, 3)}`}Z`
}

/** A duration as in CEL and Go, for example `1h30m`, `-1.5h`, `250ms`. */
export function parseDuration(text: string): Duration {
  if (text.length > 100) throw notADuration(text)
  const isNegative = text.startsWith('-')
  let rest = isNegative ? text.slice(1) : text
  let ms = 0
  do {
    const part = DURATION_PART.exec(rest)
    if (part === null) throw notADuration(text)
    ms += Number(part[1]) * (UNIT_MS[part[2] as string] as number)
    rest = rest.slice(part[0].length)
  } while (rest !== '')
  return durationOf(isNegative ? -ms : ms)
}

/** A duration of whole milliseconds; the rest is cut. At most as long as the years 1 to 9999. */
export function durationOf(ms: number): Duration {
  // `+ 0` turns -0, which JSON does not know, into 0.
  if (Math.abs(ms) <= LAST_MS - FIRST_MS) return new Duration(Math.trunc(ms) + 0)
  throw failed('range', 'a duration is at most 9,999 years', 'use a shorter one')
}

/** In seconds, as CEL writes it: `90s`, `0.25s`. */
export const formatDuration = ({ ms }: Duration): string => `${ms / 1000}s`

/** Milliseconds that a fixed offset such as `+02:00` or `Z` is ahead of UTC. Names of zones are refused: their rules change. */
export function parseOffset(text: string): number {
  const match = /^(?:Z|UTC|([+-])(\d\d):(\d\d))$/.exec(text)
  if (match !== null) return offsetMs(match[1], match[2], match[3])
  throw failed('conversion', `"${text}" is not a fixed offset`, 'write an offset such as "+02:00"')
}

/** The date of a day counted from 1970-01-01, in the Gregorian calendar (eras of 400 years, years that begin in March). */
export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1 }
}

/** The days from 1970-01-01 to a date. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function offsetMs(sign: string | undefined, hours: string | undefined, minutes: string | undefined): number {
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS)
}

const digits = (value: number, length: number) => `${value}`.padStart(length, '0')

const notATimestamp = (text: string) =>
  failed(
    'conversion',
    `"${text.slice(0, 40)}" is not a timestamp`,
    'write it as ISO 8601 with a zone, for example 2026-02-03T04:05:06Z',
  )

const notADuration = (text: string) =>
  failed('conversion', `"${text.slice(0, 40)}" is not a duration`, 'write it like 90s, 1h30m or 250ms')

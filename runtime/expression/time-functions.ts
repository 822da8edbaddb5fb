import { global, method, type Overload } from './function-table.ts'
import {
  civilFromDays,
  DAY_MS,
  daysFromCivil,
  parseDuration,
  parseOffset,
  parseTimestamp,
  timestampAt,
} from './time-text.ts'
import type { Duration } from './value.ts'

/** Parts of an instant, as CEL counts them: months, days of the month (`getDayOfMonth`) and of the year from 0, Sunday is 0. */
const timestampParts: Readonly<Record<string, (localMs: number) => number>> = {
  getFullYear: (localMs) => civilFromDays(dayOf(localMs)).year,
  getMonth: (localMs) => civilFromDays(dayOf(localMs)).month - 1,
  getDate: (localMs) => civilFromDays(dayOf(localMs)).day,
  getDayOfMonth: (localMs) => civilFromDays(dayOf(localMs)).day - 1,
  getDayOfWeek: (localMs) => modulo(dayOf(localMs) + 4, 7),
  getDayOfYear: (localMs) => dayOf(localMs) - daysFromCivil(civilFromDays(dayOf(localMs)).year, 1, 1),
  getHours: (localMs) => Math.floor(modulo(localMs, DAY_MS) / 3_600_000),
  getMinutes: (localMs) => Math.floor(modulo(localMs, 3_600_000) / 60_000),
  getSeconds: (localMs) => Math.floor(modulo(localMs, 60_000) / 1000),
  getMilliseconds: (localMs) => modulo(localMs, 1000),
}

/** The whole length of a duration in one unit, cut. */
const durationParts: Readonly<Record<string, (duration: Duration) => number>> = {
  getHours: ({ ms }) => ms / 3_600_000,
  getMinutes: ({ ms }) => ms / 60_000,
  getSeconds: ({ ms }) => ms / 1000,
  getMilliseconds: ({ ms }) => ms,
}

/** There is no current time here: an expression gives the same result whenever it is evaluated. */
export const timeFunctions: readonly Overload[] = [
  global('timestamp', ['string'], 'timestamp', (_frame, text) => parseTimestamp(text)),
  global('timestamp', ['integer'], 'timestamp', (_frame, seconds) => timestampAt(seconds * 1000)),
  global('timestamp', ['timestamp'], 'timestamp', (_frame, value) => value),
  global('duration', ['string'], 'duration', (_frame, text) => parseDuration(text)),
  global('duration', ['duration'], 'duration', (_frame, value) => value),
  ...Object.entries(timestampParts).flatMap(([name, part]) => [
    method(name, ['timestamp'], 'int', (_frame, { epochMs }) => BigInt(part(epochMs))),
    method(name, ['timestamp', 'string'], 'int', (_frame, { epochMs }, zone) =>
      BigInt(part(epochMs + parseOffset(zone))),
    ),
  ]),
  ...Object.entries(durationParts).map(([name, part]) =>
    method(name, ['duration'], 'int', (_frame, value) => BigInt(Math.trunc(part(value)))),
  ),
]

const dayOf = (epochMs: number) => Math.floor(epochMs / DAY_MS)
const modulo = (value: number, divisor: number) => value - Math.floor(value / divisor) * divisor

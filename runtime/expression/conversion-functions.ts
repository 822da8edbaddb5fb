import { limits } from '../../schemas/limits.ts'
import { failed } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { global, keyCount, type Overload } from './function-table.ts'
import { toJson } from './json-result.ts'
import { SizeMeter } from './json-size.ts'
import { isInt } from './operators.ts'
import { charactersIn } from './text-functions.ts'
import { formatDuration, formatTimestamp } from './time-text.ts'

const WHOLE_NUMBER = /^[+-]?\d{1,19}$/
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/

export const conversionFunctions: readonly Overload[] = [
  global('size', ['string'], 'int', charactersIn),
  global('size', ['list'], 'int', (_frame, list) => BigInt(list.length)),
  global('size', ['map'], 'int', (frame, map) => BigInt(keyCount(frame, map))),

  global('string', ['string'], 'string', (_frame, value) => value),
  global('string', ['int'], 'string', (_frame, value) => `${value}`),
  global('string', ['double'], 'string', (_frame, value) => `${value}`),
  global('string', ['boolean'], 'string', (_frame, value) => `${value}`),
  global('string', ['timestamp'], 'string', (_frame, value) => formatTimestamp(value)),
  global('string', ['duration'], 'string', (_frame, value) => formatDuration(value)),

  global('int', ['int'], 'int', (_frame, value) => value),
  global('int', ['double'], 'int', (_frame, value) => wholeNumber(BigInt(Math.trunc(value)), `${value}`)),
  global('int', ['string'], 'int', (_frame, text) => {
    if (!WHOLE_NUMBER.test(text)) throw notConvertible(text, 'a whole number')
    return wholeNumber(BigInt(text.replace('+', '')), text)
  }),
  global('int', ['timestamp'], 'int', (_frame, value) => BigInt(Math.floor(value.epochMs / 1000))),

  global('double', ['number'], 'double', (_frame, value) => value),
  global('double', ['string'], 'double', (_frame, text) => {
    const value = text.length <= 400 && NUMBER.test(text) ? Number(text) : Number.NaN
    if (!Number.isFinite(value)) throw notConvertible(text, 'a number')
    return value
  }),

  global('bool', ['boolean'], 'boolean', (_frame, value) => value),
  global('bool', ['string'], 'boolean', (_frame, text) => {
    if (text !== 'true' && text !== 'false') throw notConvertible(text, 'true or false')
    return text === 'true'
  }),

  global('json', ['any'], 'string', (frame, value) => json(frame, value)),
  global('parseJson', ['string'], 'any', (frame, text) => parseJson(frame, text)),

  global('round', ['number'], 'double', (_frame, value) => Math.round(value)),
  global('floor', ['number'], 'double', (_frame, value) => Math.floor(value)),
  global('ceil', ['number'], 'double', (_frame, value) => Math.ceil(value)),
  global('abs', ['number'], 'double', (_frame, value) => Math.abs(value)),
  global('min', ['number', 'number'], 'double', (_frame, left, right) => Math.min(left, right)),
  global('max', ['number', 'number'], 'double', (_frame, left, right) => Math.max(left, right)),
]

/** Measured before it is written: sharing can make a value far larger as text than in memory. */
function json(frame: Frame, value: unknown): string {
  const meter = new SizeMeter(limits.stepOutputBytes)
  try {
    return JSON.stringify(toJson(value, meter))
  } finally {
    // A value that proves too large has been walked too.
    frame.charge(1 + ((limits.stepOutputBytes - meter.bytesLeft) >> 8))
  }
}

function parseJson(frame: Frame, text: string): unknown {
  // Building values costs far more than reading characters.
  frame.charge(text.length >> 5)
  const parsed = parseOrUndefined(text)
  if (parsed === undefined) throw notConvertible(text, 'JSON')
  return toJson(parsed, new SizeMeter(limits.stepOutputBytes))
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function wholeNumber(value: bigint, text: string): bigint {
  if (isInt(value)) return value
  throw notConvertible(text, 'a whole number of 64 bits')
}

const notConvertible = (text: string, wanted: string) =>
  failed(
    'conversion',
    `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}" is not ${wanted}`,
    'check the value before it is converted',
  )

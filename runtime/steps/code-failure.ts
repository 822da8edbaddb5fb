import { limits } from '../../schemas/limits.ts'
import { type End, fileName, type Program, type Stop, type Thrown } from './code-run.ts'
import { type Refusal, refuse } from './refusal.ts'

/** Where in the source: lines and columns count from 1, and `text` is the line itself. */
type Place = { readonly line: number; readonly column?: number; readonly text: string }

/** Why a run gave no output, with the line of the source when the engine can say it. The same run fails again. */
export function codeRefusal({ stop, error, lines }: Extract<End, { ok: false }>, program: Program): Refusal {
  const place = error === null ? null : placeOf(error, program.source)
  const details = { ...place, ...(lines.length === 0 ? {} : { console: lines }) }
  const message = messages[stop](error, program)
  return refuse(
    codeOf(stop),
    place === null ? message : `Line ${place.line}: ${message}`,
    Object.keys(details).length === 0 ? undefined : details,
  )
}

/** An output that is too large or too deep is refused of every step. */
const codeOf = (stop: Stop): string =>
  stop === 'output_too_large' || stop === 'output_too_deep' ? stop : `code_${stop}`

const messages: Readonly<Record<Stop, (error: Thrown | null, program: Program) => string>> = {
  error: inWords,
  syntax_error: inWords,
  no_default: () => 'The default export of the code is not a function. Write export default (input) => output.',
  never_settled: () =>
    'The code waits for a promise that nothing settles. A code step has no timers and no network; an http step calls, a delay step waits.',
  output_invalid: (error) =>
    `The output is not JSON: ${error?.message ?? 'it cannot be read'}. Return objects, lists, texts, finite numbers, true, false or null.`,
  output_too_deep: () => `The output nests deeper than ${limits.stepOutputDepth} levels. Flatten it.`,
  output_too_large: (_error, program) =>
    `The output has more than ${program.limits.outputBytes} bytes of JSON. Return only what later steps need.`,
  out_of_fuel: (_error, program) =>
    `The code used up its ${program.limits.fuel} units of fuel: it loops without end, or does too much for one step.`,
  out_of_memory: (_error, program) =>
    `The code needs more memory than the ${program.limits.heapBytes} bytes of its engine. Keep less at once.`,
  stack_overflow: () => 'The code calls itself too deep.',
}

function inWords(error: Thrown | null): string {
  if (error === null) return 'What the code threw cannot be shown.'
  const text = error.name === '' ? `${error.message} was thrown` : `${error.name}: ${error.message}`
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** The innermost place in the source that the stack names. A program can write what it likes there. */
function placeOf({ stack }: Thrown, source: string): Place | null {
  const [, line, column] = new RegExp(`\\b${fileName}:(\\d+)(?::(\\d+))?`).exec(stack) ?? []
  const text = source.split(/\r\n|[\n\r\u2028\u2029]/)[Number(line) - 1]
  if (text === undefined) return null
  const excerpt = text.trim().slice(0, excerptChars).toWellFormed()
  return { line: Number(line), ...(column === undefined ? {} : { column: Number(column) }), text: excerpt }
}

/** Enough to recognise a line by; a minified program is one line. */
const excerptChars = 200

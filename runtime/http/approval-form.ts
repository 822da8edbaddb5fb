import { z } from 'zod'

import type { JsonObject } from '../../schemas/json.ts'
import { isTooDeep } from '../objects/trigger-body.ts'

/** One thing that a person fills in. */
export type FormField = {
  /** Name of the property. */
  readonly key: string
  readonly label: string
  readonly help: string | null
  readonly isRequired: boolean
  readonly control: Control
  /** What it holds at first, as it would be typed. */
  readonly initial: string
}

export type Control =
  | { readonly type: 'line'; readonly input: 'text' | 'date' | 'email' | 'url' }
  | { readonly type: 'lines' }
  | { readonly type: 'number'; readonly isWhole: boolean }
  | { readonly type: 'yes_no' }
  /** `options`: what may be chosen. What is sent is the place in the list, so that a number stays a number. */
  | { readonly type: 'choice'; readonly options: readonly unknown[] }
  /** Whatever has no control of its own is written as JSON. */
  | { readonly type: 'json' }

/** As typed, by the keys of the fields. */
export type Typed = ReadonlyMap<string, string>

/** What is wrong with the data: a sentence for each place at fault. */
export type FormProblems = ReadonlyMap<string, string>

/** What a checked box sends. */
export const yes = 'yes'

/** Apart from the name of the buttons, whatever a property is called. */
export const fieldName = (key: string): string => `field.${key}`

/** The fields of a form: the properties of its schema, which is that of an object. */
export function fieldsOf(form: JsonObject | undefined): readonly FormField[] {
  const { properties, required } = Form.parse(form ?? {})
  return Object.entries(properties).map(([key, value]) => {
    const schema = Property.safeParse(value).data ?? {}
    const control = controlOf(schema)
    return {
      key,
      label: schema.title ?? key,
      help: schema.description ?? null,
      // A box that is not checked says no, which is an answer, too.
      isRequired: required.includes(key) && control.type !== 'yes_no',
      control,
      initial: 'default' in schema ? written(schema.default, control) : '',
    }
  })
}

/** The data that was typed, and what of it is no value of its field. What was left empty is not there. */
export function dataFrom(
  fields: readonly FormField[],
  typed: Typed,
): { readonly data: Record<string, unknown>; readonly problems: FormProblems } {
  const problems = new Map<string, string>()
  const entries = fields.flatMap(({ key, control, isRequired }): [string, unknown][] => {
    const text = typed.get(key) ?? ''
    if (text.trim() === '' && control.type !== 'yes_no') {
      if (isRequired) problems.set(key, 'This is needed.')
      return []
    }
    const value = valueTyped(text, control)
    if (value.ok) return [[key, value.value]]
    problems.set(key, value.problem)
    return []
  })
  // Not by assignment: a field may be called `__proto__`.
  return { data: Object.fromEntries(entries), problems }
}

/** Loose, because any JSON Schema may stand here: what is not understood becomes a field for JSON. */
const Form = z.looseObject({
  properties: z.record(z.string(), z.unknown()).catch({}),
  required: z.array(z.string()).catch([]),
})
const Property = z.looseObject({
  type: z.string().optional().catch(undefined),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  enum: z.array(z.unknown()).optional().catch(undefined),
  maxLength: z.number().optional().catch(undefined),
  format: z.string().optional().catch(undefined),
})
type Property = Partial<z.infer<typeof Property>>

/** A text that may be longer than this has room for several lines. */
const lineLength = 120

const inputs = { date: 'date', email: 'email', uri: 'url' } as const
const isInput = (format: string | undefined): format is keyof typeof inputs =>
  format !== undefined && Object.hasOwn(inputs, format)

function controlOf({ type, enum: options, maxLength, format }: Property): Control {
  if (options !== undefined) return { type: 'choice', options }
  if (type === 'boolean') return { type: 'yes_no' }
  if (type === 'number' || type === 'integer') return { type: 'number', isWhole: type === 'integer' }
  if (type !== 'string') return { type: 'json' }
  if (maxLength !== undefined && maxLength > lineLength) return { type: 'lines' }
  return { type: 'line', input: isInput(format) ? inputs[format] : 'text' }
}

/** A value as it would be typed; nothing when it is none that could be. */
function written(value: unknown, control: Control): string {
  switch (control.type) {
    case 'yes_no':
      return value === true ? yes : ''
    case 'choice': {
      const place = control.options.findIndex((option) => JSON.stringify(option) === JSON.stringify(value))
      return place === -1 ? '' : String(place)
    }
    case 'json':
      return JSON.stringify(value, null, 2)
    default:
      return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
}

type Value = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string }

function valueTyped(text: string, control: Control): Value {
  switch (control.type) {
    case 'yes_no':
      return { ok: true, value: text === yes }
    case 'choice':
      return chosen(text, control.options)
    case 'number':
      return numberIn(text.trim(), control.isWhole)
    case 'json':
      return jsonIn(text)
    default:
      // A browser sends every line break as two characters.
      return { ok: true, value: text.replaceAll('\r\n', '\n') }
  }
}

function chosen(text: string, options: readonly unknown[]): Value {
  const place = /^\d{1,6}$/.test(text) ? Number(text) : options.length
  return place < options.length
    ? { ok: true, value: options[place] }
    : { ok: false, problem: 'Choose one of the list.' }
}

function numberIn(text: string, isWhole: boolean): Value {
  const value = /^[+-]?\d{1,300}([.]\d{1,300})?$/.test(text) ? Number(text) : Number.NaN
  if (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)) return { ok: true, value }
  const example = isWhole ? 'a whole number, for example 12' : 'a number, for example 12 or 12.5'
  return { ok: false, problem: `Write ${example}.` }
}

function jsonIn(text: string): Value {
  try {
    const value: unknown = JSON.parse(text)
    if (!isTooDeep(value)) return { ok: true, value }
    return { ok: false, problem: 'This nests too deep.' }
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, problem: 'This is not JSON: texts stand in double quotes.' }
    throw error
  }
}

import { readInput } from './read-input.ts'

/** One field that a person fills in, made from a property of a JSON Schema. */
export type FormField = {
  readonly name: string
  readonly label: string
  readonly help: string | null
  readonly isRequired: boolean
  readonly control: 'text' | 'number' | 'boolean' | 'choice' | 'json'
  readonly choices: readonly unknown[]
  /** What it holds before anybody types: the schema's default. */
  readonly initial: string
}
export type FormTexts = Readonly<Record<string, string>>
export type FormAnswer =
  | { readonly ok: true; readonly data: Record<string, unknown> }
  | { readonly ok: false; readonly problems: Readonly<Record<string, string>> }

/** The fields of an object schema, in its order. What has no plain control is written as JSON. */
export function formFields(schema: Readonly<Record<string, unknown>> | undefined): readonly FormField[] {
  const properties = schema?.['properties']
  if (!isRecord(properties)) return []
  const required = Array.isArray(schema?.['required']) ? schema['required'] : []
  return Object.entries(properties).map(([name, property]) => fieldOf(name, property, required.includes(name)))
}

function fieldOf(name: string, property: unknown, isRequired: boolean): FormField {
  const schema = isRecord(property) ? property : {}
  const choices = Array.isArray(schema['enum']) ? schema['enum'] : []
  const control = choices.length > 0 ? 'choice' : (controls[String(schema['type'])] ?? 'json')
  const given = schema['default']
  return {
    name,
    label: textOf(schema['title']) ?? name,
    help: textOf(schema['description']),
    isRequired,
    control,
    choices,
    initial: given === undefined ? '' : control === 'text' ? String(given) : JSON.stringify(given),
  }
}

const controls: Readonly<Record<string, FormField['control']>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
}

/** What was filled in, as data. Fields left empty are left out; a box that is not ticked says no. */
export function formData(fields: readonly FormField[], texts: FormTexts): FormAnswer {
  const data: Record<string, unknown> = {}
  const problems: Record<string, string> = {}
  for (const field of fields) {
    const text = texts[field.name] ?? field.initial
    const read = readField(field, text)
    if (!read.ok) problems[field.name] = read.message
    else if (read.value !== undefined) data[field.name] = read.value
  }
  return Object.keys(problems).length === 0 ? { ok: true, data } : { ok: false, problems }
}

type Read = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

function readField({ control, isRequired, label }: FormField, text: string): Read {
  if (control === 'boolean') return { ok: true, value: text === 'true' }
  if (text.trim() === '')
    return isRequired ? { ok: false, message: `${label} is needed.` } : { ok: true, value: undefined }
  if (control === 'text') return { ok: true, value: text }
  if (control === 'number') {
    const value = Number(text)
    return Number.isFinite(value) ? { ok: true, value } : { ok: false, message: `${label} is not a number.` }
  }
  return readInput(text)
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

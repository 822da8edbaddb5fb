import type { Failure, Injection, LinkHandle } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { type Budget, type ExpressionContext, failureOf, newBudget, type Program, programOf } from './expression.ts'
import type { Scope } from './frame.ts'
import { CompileError, type ExpressionProblem } from './problem.ts'
import { distinctReferences, type Reference } from './references.ts'
import { type Piece, piecesOf } from './template-text.ts'
import { linkNotAllowed, secretNotAllowed } from './unknown-name.ts'

/** The keys and indices from the template's root to a place in it. */
export type TemplatePath = readonly (string | number)[]

export type TemplateContext = ExpressionContext & {
  /** Whether `{{ secrets.name }}` and `{{ links.node }}` may stand in its strings. */
  readonly secrets: boolean
}

/** What a scope has under `links`: the waits whose links its texts may carry, by the ids of their nodes. */
export type LinkHandles = Readonly<Record<string, LinkHandle>>

export type TemplateEvaluation =
  | { readonly ok: true; readonly value: unknown; readonly injections: readonly Injection[] }
  | { readonly ok: false; readonly failure: Failure }

/** One text of a template, and what it names. */
export type TemplatePlace = {
  readonly path: TemplatePath
  readonly references: readonly Reference[]
  readonly secrets: readonly string[]
  /** Nodes of the waits whose links it carries. */
  readonly links: readonly string[]
}

/** Any JSON whose strings may hold `{{ }}`. Keys of objects are never templates. */
export interface Template {
  readonly references: readonly Reference[]
  /** Names of the secrets it asks for, each once. */
  readonly secrets: readonly string[]
  /** Its texts that name anything, in order. */
  readonly places: readonly TemplatePlace[]
  /** Whether nothing is evaluated: the value is then the very one that was compiled. */
  readonly isConstant: boolean
  /** Where a secret or a link belongs, `value` has a mask and `injections` says how to build the real text. */
  evaluate(scope: Scope): TemplateEvaluation
}

export type TemplateProblem = ExpressionProblem & { readonly path: TemplatePath }

export type TemplateCompilation =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] }

/** Reads a template once, to be evaluated often, and finds every problem in it. */
export function compileTemplate(value: unknown, context: TemplateContext): TemplateCompilation {
  const found: Found = { context, places: [], problems: [] }
  const part = compilePart(value, [], found)
  if (found.problems.length > 0) return { ok: false, problems: found.problems }
  return { ok: true, template: templateOf(part, found) }
}

type Found = {
  readonly context: TemplateContext
  readonly places: TemplatePlace[]
  readonly problems: TemplateProblem[]
}

/** One evaluation of a whole template. */
type Turn = { readonly scope: Scope; readonly budget: Budget; readonly injections: Injection[] }

type Part = { readonly constant: unknown } | { readonly evaluate: (turn: Turn) => unknown }

function templateOf(part: Part, { places }: Found): Template {
  const references = distinctReferences(places.flatMap((place) => place.references))
  const secrets = [...new Set(places.flatMap((place) => place.secrets))]
  const named = { references, secrets, places }
  if ('constant' in part) {
    const result = { ok: true, value: part.constant, injections: [] } as const
    return { ...named, isConstant: true, evaluate: () => result }
  }
  return {
    ...named,
    isConstant: false,
    evaluate(scope) {
      const injections: Injection[] = []
      try {
        const value = part.evaluate({ scope, budget: newBudget(limits.templateSteps), injections })
        return { ok: true, value, injections }
      } catch (error) {
        if (error instanceof FieldError) return { ok: false, failure: error.failure }
        throw error
      }
    },
  }
}

function compilePart(value: unknown, path: TemplatePath, found: Found): Part {
  if (typeof value === 'string') return compileText(value, path, found)
  if (typeof value !== 'object' || value === null) return { constant: value }
  if (path.length >= limits.templateDepth) {
    const message = `the value is nested deeper than ${limits.templateDepth} levels`
    found.problems.push({ code: 'template_too_deep', message, mend: 'flatten it', path })
    return { constant: value }
  }
  return Array.isArray(value) ? compileList(value, path, found) : compileMap(value, path, found)
}

function compileList(list: readonly unknown[], path: TemplatePath, found: Found): Part {
  const parts = list.map((element, index) => compilePart(element, [...path, index], found))
  if (parts.every((part) => 'constant' in part)) return { constant: list }
  return { evaluate: (turn) => parts.map((part) => evaluatePart(part, turn)) }
}

function compileMap(map: object, path: TemplatePath, found: Found): Part {
  if (Object.hasOwn(map, '__proto__')) {
    const message = 'a field cannot be called `__proto__`'
    found.problems.push({ code: 'forbidden_name', message, mend: 'rename it', path })
  }
  const parts = Object.entries(map).map(([key, element]) => ({
    key,
    part: compilePart(element, [...path, key], found),
  }))
  if (parts.every(({ part }) => 'constant' in part)) return { constant: map }
  return { evaluate: (turn) => Object.fromEntries(parts.map(({ key, part }) => [key, evaluatePart(part, turn)])) }
}

const evaluatePart = (part: Part, turn: Turn): unknown => ('constant' in part ? part.constant : part.evaluate(turn))

type TextPart = Handle | { readonly text: string } | { readonly program: Program }
/** What stands for a text that nobody but the egress function may see. */
type Handle = { readonly secret: string } | { readonly linkTo: string }

function compileText(text: string, path: TemplatePath, found: Found): Part {
  if (!text.includes('{{')) return { constant: text }
  try {
    const parts = piecesOf(text).map((piece) => compilePiece(piece, found.context))
    found.places.push({
      path,
      references: distinctReferences(parts.flatMap((part) => ('program' in part ? part.program.references : []))),
      secrets: parts.flatMap((part) => ('secret' in part ? [part.secret] : [])),
      links: parts.flatMap((part) => ('linkTo' in part ? [part.linkTo] : [])),
    })
    const [only] = parts
    if (parts.length === 1 && only !== undefined && 'program' in only) {
      return { evaluate: (turn) => evaluatePiece(only.program, path, turn) }
    }
    return { evaluate: (turn) => joinParts(parts, path, turn) }
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    found.problems.push({ ...error.problem, path })
    return { constant: text }
  }
}

const HANDLE = /^\s*(secrets|links)\.([a-z][a-z0-9_]*)\s*$/

function compilePiece(piece: Piece, { secrets, ...context }: TemplateContext): TextPart {
  if ('text' in piece) return piece
  const [, root, name] = HANDLE.exec(piece.source) ?? []
  if (name === undefined) return { program: programOf(piece.source, context) }
  if (root === 'links') {
    if (!secrets) throw linkNotAllowed()
    return { linkTo: name }
  }
  if (!secrets || name.length > limits.secretNameLength) throw secretNotAllowed()
  return { secret: name }
}

/** What stands in the place of a secret or a link wherever the value is shown or stored. */
const maskOf = (part: { readonly secret: string } | LinkHandle): string =>
  'secret' in part ? `••• (secret ${part.secret})` : `••• (link ${part.link})`

/** Joins the parts to one text. With a secret or a link among them it also says where that goes: only the template decides that, never data. */
function joinParts(parts: readonly TextPart[], path: TemplatePath, turn: Turn): string {
  const pieces: Injection['parts'] = []
  let visible = ''
  let isInjected = false
  for (const part of parts) {
    if ('secret' in part || 'linkTo' in part) {
      const handle = 'secret' in part ? { secret: part.secret } : linkIn(turn.scope, part.linkTo)
      isInjected = true
      visible += maskOf(handle)
      pieces.push(handle)
      continue
    }
    const text = 'text' in part ? part.text : asText(evaluatePiece(part.program, path, turn))
    visible += text
    const last = pieces.at(-1)
    if (last !== undefined && 'text' in last) pieces[pieces.length - 1] = { text: last.text + text }
    else pieces.push({ text })
  }
  if (isInjected) turn.injections.push({ path: [...path], parts: pieces })
  return visible
}

/** Publishing has seen that the wait is there, so a scope without it is a fault of ours. */
function linkIn({ links }: Scope, node: string): LinkHandle {
  const handle = (links as LinkHandles | undefined)?.[node]
  if (handle === undefined) throw new Error(`the scope has no link to ${node}`)
  return handle
}

/** A text as it is, anything else as its JSON text. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Carries the failure of one expression out of the template. */
class FieldError extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

function evaluatePiece(program: Program, path: TemplatePath, turn: Turn): unknown {
  try {
    return program.run(turn.scope, turn.budget)
  } catch (error) {
    throw new FieldError(failureOf(error, program.source.trim(), path.join('.')))
  }
}

import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'

import { limits } from '../../schemas/limits.ts'
import { utf8Bytes } from './json-size.ts'
import { CompileError } from './problem.ts'

/** Only the parser of the library is used; evaluation is ours, so that reads, numbers and costs are too. */
const environment = new Environment({
  enableOptionalTypes: true,
  limits: { maxAstNodes: limits.expressionAstNodes, maxDepth: limits.expressionDepth },
})

/** The tree of an expression. Throws a `CompileError` that says where it cannot be read and what to write. */
export function parseExpression(source: string): ASTNode {
  if (source.trim() === '')
    throw new CompileError('expression_empty', 'the expression is empty', 'write for example trigger.body')
  if (source.length > limits.expressionSourceBytes || utf8Bytes(source) > limits.expressionSourceBytes) {
    const message = `the expression is longer than ${limits.expressionSourceBytes} bytes`
    throw new CompileError('expression_too_long', message, 'split it over several steps')
  }
  try {
    return environment.parse(source).ast
  } catch (error) {
    if (error instanceof ParseError) throw problemOf(error, source)
    throw error
  }
}

function problemOf(error: ParseError, source: string): CompileError {
  if (error.code === 'limit_exceeded') {
    return new CompileError(
      'expression_too_complex',
      'the expression has too many parts',
      'split it over several steps',
    )
  }
  const position = error.range?.start ?? 0
  const place = position >= source.length ? 'at its end' : `at character ${position + 1}`
  const message = `the expression cannot be read ${place}: ${explanationOf(error, source, position)}`
  return new CompileError('expression_syntax', message, mendOf(source, position))
}

const tokenNames: Readonly<Record<string, string>> = {
  IDENTIFIER: 'a name',
  RPAREN: '`)`',
  RBRACKET: '`]`',
  RBRACE: '`}`',
  COLON: '`:`',
}

const explanations: Readonly<Record<string, string>> = {
  unterminated_string: 'a text that begins here has no closing quote',
  unterminated_triple_quoted_string: 'a text that begins here has no closing quotes',
  newline_in_string: 'a text in single quotes cannot span lines',
  invalid_macro_argument: 'the first argument must be a name for the element',
  reserved_identifier: 'this word is reserved',
}

function explanationOf(error: ParseError, source: string, position: number): string {
  const known = explanations[error.code]
  if (known !== undefined) return known
  const found = foundAt(source, position)
  const expected = /^Expected (\w+)/.exec(error.summary)?.[1]
  if (expected !== undefined) return `expected ${tokenNames[expected]}, found ${found}`
  return error.code.startsWith('unexpected') ? `did not expect ${found}` : lowerFirst(error.summary)
}

function foundAt(source: string, position: number): string {
  const rest = source.slice(position)
  const token = /^\w+/.exec(rest)?.[0] ?? Array.from(rest.slice(0, 2))[0]
  return token === undefined ? 'the end' : `\`${token.slice(0, 40)}\``
}

/** What people write out of habit, and how it is written here. The first that begins at the fault is told. */
const habits: readonly (readonly [RegExp, string])[] = [
  [/^=>/, 'write the name and the rule as two arguments: .map(x, x.name)'],
  [/^=/, 'to compare write =='],
  [/^&/, 'write &&'],
  [/^\|/, 'write ||'],
  [/^and\b/i, 'write &&'],
  [/^or\b/i, 'write ||'],
  [/^not\b/i, 'write !'],
  [/^\$/, 'write names without $: trigger.body.name'],
  [/^[“”„‘’`]/, 'use straight quotes: \' or "'],
  [/^\{\{/, 'leave out {{ }}: the whole field is an expression'],
  [/^;/, 'write one expression, without ;'],
  [/^(?:in|true|false|null)\b/, "for a field with this name write it in brackets: ['in']"],
  [/^['"]/, 'close it with the same quote'],
]

function mendOf(source: string, position: number): string {
  const rest = source.slice(position)
  const habit = habits.find(([pattern]) => pattern.test(rest))
  if (habit !== undefined) return habit[1]
  return rest === '' ? 'finish the expression' : 'correct it there; CEL is written like trigger.body.count > 3'
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

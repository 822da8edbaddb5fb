import { CompileError } from './problem.ts'

/** A piece of a template string: plain text, or the source between `{{` and `}}`. */
export type Piece = { readonly text: string } | { readonly source: string }

/** Cuts a string at its `{{ }}`. Throws a `CompileError` when one is not closed. */
export function piecesOf(template: string): readonly Piece[] {
  const pieces: Piece[] = []
  let position = 0
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', position)) {
    if (open > position) pieces.push({ text: template.slice(position, open) })
    const close = closingBraces(template, open + 2)
    if (close < 0) {
      const message = `\`${template.slice(open, open + 40)}\` opens an expression that is not closed`
      throw new CompileError('template_unclosed', message, "close it with }}, or write {{ '{{' }} for the two braces")
    }
    pieces.push({ source: template.slice(open + 2, close) })
    position = close + 2
  }
  if (position < template.length) pieces.push({ text: template.slice(position) })
  return pieces
}

/** Where the `}}` stands that belongs to no object and no text of the expression, or -1. */
function closingBraces(template: string, start: number): number {
  let depth = 0
  for (let index = start; index < template.length; index++) {
    const character = template[index]
    if (character === '"' || character === "'") index = endOfText(template, index)
    else if (character === '{') depth += 1
    else if (character === '}' && depth > 0) depth -= 1
    else if (character === '}' && template[index + 1] === '}') return index
  }
  return -1
}

/** The last character of a text in quotes, single or triple. */
function endOfText(template: string, start: number): number {
  const quote = template.charAt(start)
  const isTriple = template.startsWith(quote.repeat(3), start)
  const close = isTriple ? quote.repeat(3) : quote
  for (let index = start + close.length; index < template.length; index++) {
    if (template[index] === '\\') index += 1
    else if (template.startsWith(close, index)) return index + close.length - 1
  }
  return template.length
}

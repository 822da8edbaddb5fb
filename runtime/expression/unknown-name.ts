import type { Names } from './compiled.ts'
import { nearestName } from './nearest-name.ts'
import { CompileError } from './problem.ts'

/** A first name that nothing in the scope has. */
export function unknownRoot(name: string, names: Names, source: string): CompileError {
  if (name === 'secrets') return secretNotAllowed()
  if (name === 'links') return linkNotAllowed()
  const message = `\`${name}\` is not a name that can be used here`
  const mendElsewhere = names.elsewhere.get(name)
  if (mendElsewhere !== undefined) return new CompileError('unknown_reference', message, mendElsewhere)
  const available = [...names.roots, ...names.locals.keys()]
  const dashed = dashedName(name, source)
  const near = nearestName(name, available)
  if (near !== undefined) return new CompileError('unknown_reference', message, `did you mean \`${near}\`?`)
  if (dashed !== undefined) {
    const mend = `for a field with a dash write it in brackets: ['${dashed}']`
    return new CompileError('unknown_reference', message, mend)
  }
  return new CompileError('unknown_reference', message, `start with ${listed(available)}, or put text in quotes`)
}

/** `x-a` when `a` was read out of `trigger.headers.x-a`, which is a subtraction to CEL. */
function dashedName(name: string, source: string): string | undefined {
  const dash = source.indexOf(`-${name}`)
  if (dash <= 0) return undefined
  let start = dash
  let end = dash
  while (start > 0 && isNamePart(source.charAt(start - 1))) start -= 1
  while (isNamePart(source.charAt(end))) end += 1
  return start < dash ? source.slice(start, end) : undefined
}

const isNamePart = (character: string) => /[\w-]/.test(character)

/** A step that the graph does not have. */
export function unknownStep(name: string, steps: readonly string[]): CompileError {
  const near = nearestName(name, steps)
  const mend = near === undefined ? `there are ${listed(steps)}` : `did you mean \`${near}\`?`
  return new CompileError('unknown_reference', `there is no step \`${name}\` to read from here`, mend)
}

export const secretNotAllowed = (): CompileError =>
  new CompileError(
    'secret_not_allowed',
    'a secret cannot be used in an expression, as its value is not known here',
    'put {{ secrets.name }} alone into a field that allows secrets',
  )

export const linkNotAllowed = (): CompileError =>
  new CompileError(
    'link_not_allowed',
    'a link cannot be used in an expression, as who holds it can answer for the person it is made for',
    'put {{ links.node }} alone into a field that allows secrets, with the id of a wait for an approval or a callback',
  )

function listed(names: readonly string[]): string {
  const quoted = names.slice(0, 20).map((name) => `\`${name}\``)
  return quoted.length === 0 ? 'a literal' : quoted.join(', ')
}

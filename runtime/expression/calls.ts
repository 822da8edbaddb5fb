import type { ASTNode } from '@marcbachmann/cel-js'

import { type Compiled, type Names, textOf } from './compiled.ts'
import { conversionFunctions } from './conversion-functions.ts'
import { type Explanation, ExpressionError } from './expression-error.ts'
import { argumentsOf, mayAccept, type Overload, signatureOf } from './function-table.ts'
import { listFunctions } from './list-functions.ts'
import { macroNames } from './macros.ts'
import { nearestName } from './nearest-name.ts'
import { CompileError } from './problem.ts'
import { textFunctions } from './text-functions.ts'
import { timeFunctions } from './time-functions.ts'
import { kindOf, nameOf, type StaticKind } from './value.ts'

/** All there is. Nothing that tells the time, throws dice or reaches outside the scope. */
const functions: readonly Overload[] = [...textFunctions, ...listFunctions, ...conversionFunctions, ...timeFunctions]

/** Each function as it is written, for an editor to list. */
export const functionSignatures: readonly string[] = functions.map(signatureOf)

/** What people write who come from other languages, and what it is called here. */
const otherNames: Readonly<Record<string, string>> = {
  includes: 'contains(…)',
  length: 'size()',
  len: 'size(…)',
  toLowerCase: 'lower()',
  toUpperCase: 'upper()',
  toString: 'string(…)',
  str: 'string(…)',
  slice: 'substring(start, end)',
  replaceAll: 'replace(from, to)',
  some: 'exists(x, …)',
  every: 'all(x, …)',
  find: 'filter(x, …).first()',
  number: 'double(…)',
  parseInt: 'int(…)',
  parseFloat: 'double(…)',
  matches: 're(pattern): it takes time in proportion to the text, whatever the pattern',
}
const clockNames = ['now', 'today', 'random', 'uuid', 'rand', 'date']

/** A call of a function, or of a method with its receiver as the first argument. */
export function compileCall(node: ASTNode, name: string, isMethod: boolean, args: ASTNode[], names: Names): Compiled {
  const named = functions.filter((overload) => overload.name === name && overload.isMethod === isMethod)
  if (named.length === 0) throw unknownFunction(name, isMethod)
  const compiled = args.map((arg) => names.compile(arg, names))
  const kinds = compiled.map(({ kind }) => kind)
  const candidates = named.filter(
    ({ parameters }) =>
      parameters.length === kinds.length &&
      parameters.every((parameter, index) => mayAccept(parameter, kinds[index] as StaticKind)),
  )
  if (candidates.length === 0) throw new CompileError('expression_type', ...mismatch(name, isMethod, kinds, named))

  const codes = compiled.map(({ code }) => code)
  return {
    // Every form of one function gives the same kind.
    kind: (candidates[0] as Overload).result,
    code(frame) {
      frame.charge(1)
      const values = codes.map((code) => code(frame))
      for (const candidate of candidates) {
        const fitted = argumentsOf(candidate, values)
        if (fitted !== undefined) return candidate.call(frame, fitted)
      }
      throw new ExpressionError('type', () => {
        const [message, mend] = mismatch(name, isMethod, values.map(kindOf), named)
        return [`in \`${textOf(node)}\`, ${message}`, mend]
      })
    },
  }
}

function mismatch(
  name: string,
  isMethod: boolean,
  kinds: readonly StaticKind[],
  named: readonly Overload[],
): Explanation {
  const given = kinds.map(nameOf)
  const message = isMethod
    ? `${name}(${given.slice(1).join(', ')}) cannot be called on ${given[0]}`
    : `${name} cannot be called with (${given.join(', ')})`
  if (kinds.includes('optional')) return [message, 'say first what stands for an absent value: .orValue(…)']
  if (name === 'string' && !isMethod) return [message, 'for an object, a list or null write json(…)']
  return [message, `it is written ${named.map(signatureOf).join(' or ')}`]
}

function unknownFunction(name: string, isMethod: boolean): CompileError {
  const message = isMethod ? `there is no function .${name}(…)` : `there is no function ${name}(…)`
  if (clockNames.includes(name.toLowerCase())) {
    const mend = 'an expression must give the same result when it is replayed; take times and ids from the trigger'
    return new CompileError('unknown_function', message, mend)
  }
  if (Object.hasOwn(otherNames, name)) return new CompileError('unknown_function', message, `write ${otherNames[name]}`)
  const other = functions.find((overload) => overload.name === name)
  if (other !== undefined) return new CompileError('unknown_function', message, `it is written ${signatureOf(other)}`)
  return new CompileError('unknown_function', message, similarFunction(name, isMethod))
}

function similarFunction(name: string, isMethod: boolean): string {
  const known = functions.filter((overload) => overload.isMethod === isMethod).map((overload) => overload.name)
  const available = [...new Set([...known, ...macroNames(isMethod)])].sort()
  const near = nearestName(name, [...available, ...Object.keys(otherNames)])
  if (near === undefined) return `there are ${available.filter((each) => !each.startsWith('get')).join(', ')}`
  return Object.hasOwn(otherNames, near) ? `write ${otherNames[near]}` : `did you mean ${near}(…)?`
}

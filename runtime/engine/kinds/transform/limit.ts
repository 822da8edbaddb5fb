import { type Computed, expressionFailed } from '../../node-program.ts'
import type { JsonObject } from '../../path.ts'
import type { Workbench } from '../../workbench.ts'
import { type Config, type Operation, onList, succeeded } from './operation.ts'

export function compileLimit({ first, last, offset = 0 }: Config, bench: Workbench): Operation | null {
  if ((first === undefined) === (last === undefined)) {
    const code = first === undefined ? 'missing_field' : 'invalid_field'
    bench.problem('config', code, 'limit has either first or last', 'set one of the two')
    return null
  }
  const counts = first === undefined ? { last, offset } : { first, offset }
  const template = bench.template('config', counts)
  if (template === null) return null
  return onList('limit', (list, scope) => {
    const evaluation = template.evaluate(scope)
    if (!evaluation.ok) return evaluation
    const entries = Object.entries(evaluation.value as JsonObject)
    const bad = entries.find(([, value]) => !isCount(value))
    return bad === undefined ? succeeded(part(list, evaluation.value as Counts)) : notCount(bad)
  })
}

type Counts = { readonly offset: number } & ({ readonly first: number } | { readonly last: number })

function part(list: readonly unknown[], counts: Counts): readonly unknown[] {
  const { offset } = counts
  if ('first' in counts) return list.slice(offset, offset + counts.first)
  const end = Math.max(0, list.length - offset)
  return list.slice(Math.max(0, end - counts.last), end)
}

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const notCount = ([field, value]: readonly [string, unknown]): Computed =>
  expressionFailed(
    `${field} gave ${JSON.stringify(value)}, which is not a whole number from 0 on; say how many elements`,
  )

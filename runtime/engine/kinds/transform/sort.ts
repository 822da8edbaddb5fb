import { newListBudget } from '../../../expression/index.ts'
import type { Workbench } from '../../workbench.ts'
import { compareOrdered, firstDifference, isNull, type Ordered, orderedOf } from './json-order.ts'
import { type Config, needed, type Operation, onList, succeeded } from './operation.ts'

export function compileSort(config: Config, bench: Workbench): Operation | null {
  const by = needed('by', config, bench)
  if (by === null) return null
  const keys = by.flatMap(({ key, order }, index) => {
    const expression = bench.elementExpression(`config.by[${index}].key`, key, 'any')
    return expression === null ? [] : [{ expression, isDescending: order === 'desc' }]
  })
  if (keys.length < by.length) return null
  return onList('sort', (list, scope) => {
    const rows: Row[] = list.map((element) => ({ element, keys: [] }))
    const budget = newListBudget()
    for (const { expression, isDescending } of keys) {
      const evaluations = expression.evaluateEach(list, scope, budget)
      if (!evaluations.ok) return evaluations
      for (const [index, row] of rows.entries()) {
        row.keys.push({ value: orderedOf(evaluations.values[index]), isDescending })
      }
    }
    // `sort` is stable: elements whose keys are equal stay as they were.
    rows.sort((left, right) => firstDifference(left.keys, right.keys, compareKeys))
    return succeeded(rows.map(({ element }) => element))
  })
}

type Key = { readonly value: Ordered; readonly isDescending: boolean }
type Row = { readonly element: unknown; readonly keys: Key[] }

/** Null is last in either order: who sorts by the newest date wants those without one at the end as well. */
function compareKeys(left: Key, right: Key): number {
  const order = compareOrdered(left.value, right.value)
  return left.isDescending && !isNull(left.value) && !isNull(right.value) ? -order : order
}

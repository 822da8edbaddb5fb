import { newListBudget } from '../../../expression/index.ts'
import type { Workbench } from '../../workbench.ts'
import { type Config, needed, type Operation, onList, succeeded } from './operation.ts'

export function compileFilter(config: Config, bench: Workbench): Operation | null {
  const where = needed('where', config, bench)
  const expression = where === null ? null : bench.elementExpression('config.where', where, 'boolean')
  if (expression === null) return null
  return onList('filter', (list, scope) => {
    const kept = expression.evaluateEach(list, scope, newListBudget())
    return kept.ok ? succeeded(list.filter((_, index) => kept.values[index])) : kept
  })
}

import { newListBudget } from '../../../expression/index.ts'
import { canonicalJson } from '../../canonical.ts'
import type { Workbench } from '../../workbench.ts'
import { type Config, needed, type Operation, onList, succeeded } from './operation.ts'

export function compileGroup(config: Config, bench: Workbench): Operation | null {
  const key = needed('key', config, bench)
  const expression = key === null ? null : bench.elementExpression('config.key', key, 'any')
  if (expression === null) return null
  return onList('group', (list, scope) => {
    const keys = expression.evaluateEach(list, scope, newListBudget())
    return keys.ok ? succeeded(grouped(list, keys.values)) : keys
  })
}

type Group = { readonly key: unknown; readonly items: unknown[] }

/**
 * A list, not an object by key: keys of any kind stay what they are, none can be the name of a
 * prototype, groups keep the order in which they first came, and filter, sort and each go on with them.
 */
function grouped(list: readonly unknown[], keys: readonly unknown[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const [index, item] of list.entries()) {
    const key = keys[index]
    const text = canonicalJson(key)
    const group = groups.get(text) ?? { key, items: [] }
    group.items.push(item)
    groups.set(text, group)
  }
  return [...groups.values()]
}

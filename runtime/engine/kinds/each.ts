import type { z } from 'zod'

import type { each } from '../../../schemas/kinds/each.ts'
import { expressionFailed, type NodeProgram } from '../node-program.ts'
import { bodyRoots } from '../roots.ts'
import type { Workbench } from '../workbench.ts'

export function compileEach(config: z.infer<typeof each.config>, bench: Workbench): NodeProgram | null {
  const items = bench.expression('config.items', config.items, 'any')
  const collect =
    config.collect === undefined
      ? undefined
      : bench.inside('config.collect', config.collect, 'any', bodyRoots(bench.roots, 'each'))
  if (items === null || collect === null) return null
  const { concurrency, onItemError } = config
  return {
    role: 'each',
    concurrency,
    onItemError,
    items(scope) {
      const evaluation = items.evaluate(scope)
      if (!evaluation.ok) return evaluation
      const { value } = evaluation
      if (!Array.isArray(value)) return expressionFailed('`items` must give a list: put [ ] round a single item')
      return { ok: true, items: value }
    },
    collect: collect === undefined ? null : (scope) => collect.evaluate(scope),
  }
}

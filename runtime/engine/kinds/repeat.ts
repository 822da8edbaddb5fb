import type { z } from 'zod'

import type { repeat } from '../../../schemas/kinds/repeat.ts'
import type { NodeProgram } from '../node-program.ts'
import { withoutPrevious } from '../roots.ts'
import type { Workbench } from '../workbench.ts'

export function compileRepeat(config: z.infer<typeof repeat.config>, bench: Workbench): NodeProgram | null {
  const roots = [...new Set([...withoutPrevious(bench.roots), 'index'])]
  const again = bench.inside('config.while', config.while, 'boolean', roots)
  if (again === null) return null
  const inside = new Set<string>(bench.inner)
  return {
    role: 'repeat',
    maxIterations: config.maxIterations,
    while: { text: config.while, evaluate: (scope) => again.evaluate(scope) },
    readsInside: again.references.some(
      ({ root, path: [id] }) => root === 'steps' && id !== undefined && inside.has(id),
    ),
  }
}

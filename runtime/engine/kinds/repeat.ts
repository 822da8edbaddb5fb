import type { z } from 'zod'

import type { repeat } from '../../../schemas/kinds/repeat.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'

export function compileRepeat(config: z.infer<typeof repeat.config>, bench: Workbench): NodeProgram | null {
  const again = bench.inside('config.while', config.while, 'boolean', [...new Set([...bench.roots, 'index'])])
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

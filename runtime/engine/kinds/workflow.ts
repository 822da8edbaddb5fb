import type { z } from 'zod'

import type { workflow } from '../../../schemas/kinds/workflow.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'

export function compileWorkflow(config: z.infer<typeof workflow.config>, bench: Workbench): NodeProgram | null {
  const input = bench.template('config.input', config.input ?? {})
  if (input === null) return null
  return {
    role: 'act',
    request(scope) {
      const evaluation = input.evaluate(scope)
      if (!evaluation.ok) return evaluation
      return { ok: true, request: { kind: 'workflow', config: { ...config, input: evaluation.value }, injections: [] } }
    },
  }
}

import type { z } from 'zod'

import type { fail } from '../../../schemas/kinds/fail.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'

export function compileFail(config: z.infer<typeof fail.config>, bench: Workbench): NodeProgram | null {
  const template = bench.template('config.message', config.message)
  if (template === null) return null
  return {
    role: 'compute',
    compute(scope) {
      const evaluation = template.evaluate(scope)
      if (!evaluation.ok) return { ...evaluation, ends: true }
      const message = typeof evaluation.value === 'string' ? evaluation.value : JSON.stringify(evaluation.value)
      return { ok: false, failure: { code: config.code, message }, ends: true }
    },
  }
}

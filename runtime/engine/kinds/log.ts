import type { z } from 'zod'

import type { log } from '../../../schemas/kinds/log.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'

export function compileLog(config: z.infer<typeof log.config>, bench: Workbench): NodeProgram | null {
  const { message, data } = config
  const template = bench.template('config', data === undefined ? { message } : { message, data })
  if (template === null) return null
  return {
    role: 'compute',
    compute(scope) {
      const evaluation = template.evaluate(scope)
      if (!evaluation.ok) return evaluation
      return { ok: true, output: { level: config.level, ...(evaluation.value as object) }, ports: ['out'] }
    },
  }
}

import type { z } from 'zod'

import type { code } from '../../../schemas/kinds/code.ts'
import { limits } from '../../../schemas/limits.ts'
import type { NodeProgram } from '../node-program.ts'
import { jsonBytes, tooLarge } from '../output-size.ts'
import type { Workbench } from '../workbench.ts'

/** The source stays in the graph and is not recorded again: ten thousand iterations would repeat it ten thousand times. */
export function compileCode(config: z.infer<typeof code.config>, bench: Workbench): NodeProgram | null {
  const given = config.input === undefined ? undefined : bench.template('config.input', config.input)
  // Without the word there is no such export. What else is wrong only an engine can say, and none can run here.
  if (!/\bdefault\b/.test(config.source)) {
    bench.problem(
      'config.source',
      'invalid_field',
      'the code has no default export',
      'begin the function with export default',
    )
    return null
  }
  if (given === null) return null

  return {
    role: 'act',
    request(scope, input) {
      const evaluated = given === undefined ? ({ ok: true, value: input() } as const) : given.evaluate(scope)
      if (!evaluated.ok) return evaluated
      const bytes = jsonBytes(evaluated.value)
      const failure = tooLarge('input', bytes, limits.codeInputBytes, 'name in input what the code needs')
      if (failure !== null) return { ok: false, failure }
      const { limits: bounds } = config
      return {
        ok: true,
        request: { kind: 'code', config: { input: evaluated.value, limits: bounds }, injections: [] },
      }
    },
  }
}

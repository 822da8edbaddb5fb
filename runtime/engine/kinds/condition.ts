import type { z } from 'zod'

import type { RuleDecision } from '../../../schemas/execution-events.ts'
import type { condition } from '../../../schemas/kinds/condition.ts'
import type { NodeProgram } from '../node-program.ts'
import { newOperandRoom, recordedOperands } from '../recorded-operands.ts'
import type { Workbench } from '../workbench.ts'

export function compileCondition(config: z.infer<typeof condition.config>, bench: Workbench): NodeProgram | null {
  for (const [index, { port }] of config.rules.entries()) {
    if (port === 'else' || port === 'error') {
      bench.problem(
        `config.rules[${index}].port`,
        'invalid_field',
        `a rule cannot use the port ${port}`,
        'give the port another name: else is taken when no rule holds, error when the condition fails',
      )
    }
  }
  const rules = config.rules.flatMap(({ port, when }, index) => {
    const expression = bench.expression(`config.rules[${index}].when`, when, 'boolean')
    return expression === null ? [] : [{ port, when, expression }]
  })
  if (rules.length < config.rules.length) return null

  return {
    role: 'compute',
    compute(scope) {
      const decision: RuleDecision[] = []
      const room = newOperandRoom()
      for (const { port, when, expression } of rules) {
        const evaluation = expression.evaluate(scope)
        if (!evaluation.ok) return evaluation
        const result = evaluation.value === true
        decision.push({ port, when, operands: recordedOperands(evaluation.operands, room), result })
        if (result && config.mode === 'first') break
      }
      const taken = [...new Set(decision.filter(({ result }) => result).map(({ port }) => port))]
      const ports = taken.length === 0 ? ['else'] : taken
      return { ok: true, output: { ports }, ports, decision }
    },
  }
}

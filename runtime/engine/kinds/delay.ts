import type { z } from 'zod'

import type { delay } from '../../../schemas/kinds/delay.ts'
import { limits } from '../../../schemas/limits.ts'
import { durationMs, IsoDuration } from '../../../schemas/time.ts'
import { instantOf } from '../instant.ts'
import { expressionFailed, type NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'

type Config = z.infer<typeof delay.config>
type Until = (value: unknown, now: number) => number | null

const readings: { readonly [Field in keyof Required<Config>]: { readonly until: Until; readonly expected: string } } = {
  ms: { until: (value, now) => (isCount(value) ? now + value : null), expected: 'a number of milliseconds' },
  until: {
    until: (value) => instantOf(value),
    expected: 'an ISO 8601 instant such as 2026-01-31T09:00:00Z, or milliseconds since 1970',
  },
  duration: {
    until: (value, now) => (IsoDuration.safeParse(value).success ? now + durationMs(String(value)) : null),
    expected: 'an ISO 8601 duration such as PT90S',
  },
}

export function compileDelay(config: Config, bench: Workbench): NodeProgram | null {
  const given = (['ms', 'until', 'duration'] as const).filter((field) => config[field] !== undefined)
  const [field] = given
  if (field === undefined || given.length > 1) {
    bench.problem(
      'config',
      field === undefined ? 'missing_field' : 'invalid_field',
      'a delay has one of ms, until and duration',
      'set exactly one of them',
    )
    return null
  }
  const template = bench.template(`config.${field}`, config[field])
  if (template === null) return null
  const { until, expected } = readings[field]
  const length = template.isConstant ? until(config[field], 0) : 0
  if (length === null) {
    const text = JSON.stringify(config[field])
    bench.problem(`config.${field}`, 'invalid_field', `${text} is not ${expected}`, `give ${expected}`)
    return null
  }
  if (field !== 'until' && length > limits.delayMs) {
    bench.problem(`config.${field}`, 'invalid_field', `a delay ${atMost}`, 'give a shorter one')
    return null
  }
  return {
    role: 'delay',
    until(scope, now) {
      const evaluation = template.evaluate(scope)
      if (!evaluation.ok) return evaluation
      const at = until(evaluation.value, now)
      if (at === null)
        return expressionFailed(`${field} gave ${JSON.stringify(evaluation.value)}, which is not ${expected}`)
      if (at - now > limits.delayMs) return expressionFailed(`a delay ${atMost}`)
      return { ok: true, until: at }
    },
  }
}

const atMost = `may last ${limits.delayMs} ms at the most`

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

import { z } from 'zod'

import { defineKind } from './kind.ts'

export const ConditionRule = z.strictObject({
  port: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, 'must start with a lower-case letter and hold only lower-case letters, digits and _')
    .max(64),
  when: z.string().min(1),
})

export const condition = defineKind({
  kind: 'condition',
  role: 'compute',
  title: 'Condition',
  summary: 'Leaves by the port of the rule that holds, or by else.',
  config: z.strictObject({
    rules: z.array(ConditionRule).min(1).max(50),
    /** `first`: the first rule that holds decides; `every`: each rule that holds opens its port. */
    mode: z.enum(['first', 'every']).default('first'),
  }),
  fields: {
    rules: { label: 'Rules', help: 'Each has a port and a condition.', language: 'expression' },
    mode: { label: 'Mode', help: 'The first rule that holds, or every one.', language: 'plain' },
  },
  ports: (config) => [...new Set([...config.rules.map((rule) => rule.port), 'else'])],
})

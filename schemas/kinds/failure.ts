import { z } from 'zod'

import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

export const failure = defineKind({
  kind: 'failure',
  role: 'trigger',
  title: 'Failure',
  summary: 'Starts when an execution of another workflow has failed.',
  config: z.strictObject({
    /** Ids of the workflows; by default every other one. */
    workflows: z.array(z.string().min(1).max(limits.nameLength)).min(1).max(limits.failureWorkflows).optional(),
  }),
  fields: {
    workflows: { label: 'Workflows', help: 'Whose failures; by default those of every other.', language: 'plain' },
  },
  ports: () => ['out'],
})

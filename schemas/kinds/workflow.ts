import { z } from 'zod'

import { Json } from '../json.ts'
import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

export const workflow = defineKind({
  kind: 'workflow',
  role: 'act',
  title: 'Workflow',
  summary: 'Starts an execution of another workflow, and waits for its end.',
  config: z.strictObject({
    workflowId: z.string().min(1).max(limits.nameLength),
    /** By default the active version at the moment of the start. */
    version: z.int().min(1).optional(),
    input: Json.optional(),
    /** Without waiting the step is over when the child has started. */
    wait: z.boolean().default(true),
  }),
  fields: {
    workflowId: { label: 'Workflow', help: 'Which workflow to start.', language: 'plain' },
    version: { label: 'Version', help: 'By default the active one when it starts.', language: 'plain' },
    input: { label: 'Input', help: 'What it is started with.', language: 'template' },
    wait: { label: 'Wait', help: 'For its end, or only for its start.', language: 'plain' },
  },
  ports: () => ['out', 'error'],
})

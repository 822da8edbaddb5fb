import { z } from 'zod'

import { JsonObject } from '../json.ts'
import { defineKind } from './kind.ts'

const fieldPath = z
  .string()
  .regex(/^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/, 'must be a field or a path of fields joined by dots')
  .max(500)

export const transform = defineKind({
  kind: 'transform',
  role: 'compute',
  title: 'Transform',
  summary: 'Makes new data from what is there.',
  config: z.strictObject({
    /** The output is exactly these. */
    fields: JsonObject.optional(),
    operation: z.enum(['set', 'keep', 'remove', 'rename']).optional(),
    from: z.string().optional(),
    /** `set`: values by path. */
    values: z.record(fieldPath, z.unknown()).optional(),
    /** `keep` and `remove`: the paths. */
    paths: z.array(fieldPath).min(1).optional(),
    /** `rename`: old path to new path. */
    names: z.record(fieldPath, fieldPath).optional(),
  }),
  fields: {
    fields: { label: 'Fields', help: 'Name and value; the output is exactly these.', language: 'template' },
    operation: { label: 'Operation', help: 'Set, keep, remove or rename fields of the input.', language: 'plain' },
    from: {
      label: 'Input',
      help: 'What the operation works on; by default the output of the step before.',
      language: 'expression',
    },
    values: { label: 'Values', help: 'For set: path and value.', language: 'template' },
    paths: { label: 'Paths', help: 'For keep and remove.', language: 'plain' },
    names: { label: 'New names', help: 'For rename: old path and new path.', language: 'plain' },
  },
  ports: () => ['out'],
})

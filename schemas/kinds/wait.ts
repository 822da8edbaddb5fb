import { z } from 'zod'

import { JsonObject } from '../json.ts'
import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

export const SignalName = z
  .string()
  .regex(/^[A-Za-z][\w.-]*$/, 'must start with a letter and hold only letters, digits, _, . and -')
  .max(limits.signalNameLength)

export const wait = defineKind({
  kind: 'wait',
  role: 'wait',
  title: 'Wait',
  summary: 'Holds until the world answers: a signal, a person, or a call.',
  config: z.strictObject({
    for: z.enum(['signal', 'approval', 'callback']),
    /** Of the signal; what an approval or a callback is called by people. */
    name: z.string().min(1).max(limits.nameLength).optional(),
    /** Takes only signals for which this is true; `signal` is their data. */
    match: z.string().min(1).optional(),
    timeoutMs: z.int().min(1).max(limits.delayMs).optional(),
    /** JSON Schema of an object: what a person fills in who decides. */
    form: JsonObject.optional(),
    /** What a person reads who decides. */
    message: z.string().min(1).optional(),
  }),
  fields: {
    for: { label: 'For', help: 'A signal, an approval or a callback.', language: 'plain' },
    name: { label: 'Name', help: 'Name of the signal, or what is asked.', language: 'plain' },
    match: { label: 'Match', help: 'Only a signal for which this is true is taken.', language: 'expression' },
    timeoutMs: {
      label: 'Time limit (ms)',
      help: 'Then it leaves by timeout, or fails where no edge leads from there.',
      language: 'plain',
    },
    form: { label: 'Form', help: 'A JSON Schema: what the person who decides fills in.', language: 'plain' },
    message: { label: 'Message', help: 'What the person who decides reads.', language: 'template' },
  },
  ports: (config) => (config.for === 'approval' ? ['approved', 'rejected', 'timeout'] : ['out', 'timeout']),
})

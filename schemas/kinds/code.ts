import { z } from 'zod'

import { Json } from '../json.ts'
import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

const defaults = {
  fuel: limits.codeFuelDefault,
  heapBytes: limits.codeHeapDefaultBytes,
  outputBytes: limits.stepOutputBytes,
}

export const CodeLimits = z.strictObject({
  /** Calls and turns of loops inside the engine: the same number for the same run on every machine. */
  fuel: z.int().min(1).max(limits.codeFuel).default(defaults.fuel),
  /** The memory of the engine and all that is in it. */
  heapBytes: z.int().min(limits.codeHeapMinBytes).max(limits.codeHeapBytes).default(defaults.heapBytes),
  /** The output as JSON. */
  outputBytes: z.int().min(1).max(limits.stepOutputBytes).default(defaults.outputBytes),
})
export type CodeLimits = z.infer<typeof CodeLimits>

export const code = defineKind({
  kind: 'code',
  role: 'act',
  title: 'Code',
  summary: 'Runs JavaScript on data, without clock, chance or network.',
  config: z.strictObject({
    /** An ES module whose default export takes the input and returns the output, or a promise of it. */
    source: z.string().min(1).max(limits.codeSourceChars),
    input: Json.optional(),
    limits: CodeLimits.default(defaults),
  }),
  fields: {
    source: {
      label: 'JavaScript',
      help: 'A module: export default (input) => output. The output is JSON; undefined counts as null.',
      language: 'plain',
    },
    input: {
      label: 'Input',
      help: 'What the function is given; by default the output of the step before.',
      language: 'template',
    },
    limits: { label: 'Limits', help: 'How much work, memory and output one run may take.', language: 'plain' },
  },
  ports: () => ['out', 'error'],
})

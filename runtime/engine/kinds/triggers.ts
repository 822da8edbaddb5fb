import type { z } from 'zod'

import type { event } from '../../../schemas/kinds/event.ts'
import type { manual } from '../../../schemas/kinds/manual.ts'
import type { webhook } from '../../../schemas/kinds/webhook.ts'
import { assert } from '../assert.ts'
import { fromJsonSchema } from '../json-schema.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'

export function compileManual(config: z.infer<typeof manual.config>, bench: Workbench): NodeProgram | null {
  if (config.input === undefined) return { role: 'trigger' }
  try {
    fromJsonSchema(config.input)
    return { role: 'trigger' }
  } catch (error) {
    assert(error instanceof Error, 'zod throws errors')
    bench.problem(
      'config.input',
      'invalid_field',
      `the input schema cannot be used: ${error.message}`,
      'give a JSON Schema (draft 2020-12)',
    )
    return null
  }
}

/** Filter and dedupe key are evaluated by the workflow object, before there is an execution: only `trigger` exists. */
export function compileWebhook(config: z.infer<typeof webhook.config>, bench: Workbench): NodeProgram | null {
  if (config.filter !== undefined) bench.expression('config.filter', config.filter, 'boolean', ['trigger'])
  if (config.dedupe !== undefined) bench.expression('config.dedupe', config.dedupe, 'any', ['trigger'])
  if (config.verify.scheme !== 'none') bench.secrets.push({ field: 'config.verify.secret', name: config.verify.secret })
  if (config.verify.scheme === 'github' && config.methods.includes('GET')) {
    bench.problem('config.methods', 'invalid_field', 'GitHub signs a body, and GET has none', 'remove GET')
  }
  // The config has its default; the node has only what somebody wrote.
  if (config.respond === 'accepted' && bench.node.config['waitMs'] !== undefined) {
    const message = 'waitMs has no effect on a hook that answers at once'
    bench.problem('config.waitMs', 'unknown_field', message, 'remove it, or answer with the result')
  }
  return { role: 'trigger' }
}

/** The filter is evaluated before there is an execution (`started-by.ts`). */
export function compileEvent(config: z.infer<typeof event.config>, bench: Workbench): NodeProgram | null {
  if (config.filter === undefined) return { role: 'trigger' }
  const filter = bench.expression('config.filter', config.filter, 'boolean', ['trigger'])
  return filter === null ? null : { role: 'trigger', filter }
}

export const compileFailure = (): NodeProgram => ({ role: 'trigger' })

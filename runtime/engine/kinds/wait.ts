import type { z } from 'zod'

import { SignalName, type wait } from '../../../schemas/kinds/wait.ts'
import { limits } from '../../../schemas/limits.ts'
import { assert } from '../assert.ts'
import { fromJsonSchema } from '../json-schema.ts'
import type { NodeProgram } from '../node-program.ts'
import { jsonBytes, tooLarge } from '../output-size.ts'
import type { Workbench } from '../workbench.ts'

type Config = z.infer<typeof wait.config>

/** Fields that only one way of waiting reads. */
const only = { match: 'signal', form: 'approval', message: 'approval' } as const

const called = { signal: 'a signal', approval: 'an approval', callback: 'a callback' } as const

export function compileWait(config: Config, bench: Workbench): NodeProgram | null {
  if (!isSound(config, bench)) return null
  const message = bench.template('config.message', config.message ?? '')
  const match =
    config.match === undefined
      ? null
      : bench.expression('config.match', config.match, 'boolean', [...bench.roots, 'signal'])
  if (message === null || (config.match !== undefined && match === null)) return null
  return {
    role: 'wait',
    match: match === null ? null : { text: match.source, evaluate: (scope) => match.evaluate(scope) },
    open(scope, now) {
      const said = message.evaluate(scope)
      if (!said.ok) return said
      const text = typeof said.value === 'string' ? said.value : JSON.stringify(said.value)
      const failure = tooLarge('message', jsonBytes(text), limits.waitMessageBytes, 'say what a person needs to decide')
      if (failure !== null) return { ok: false, failure }
      return {
        ok: true,
        opened: {
          for: config.for,
          name: config.name ?? bench.node.name ?? bench.node.id,
          ...(config.timeoutMs === undefined ? {} : { until: now + config.timeoutMs }),
          ...(config.message === undefined ? {} : { message: text }),
          ...(config.form === undefined ? {} : { form: config.form }),
        },
      }
    },
  }
}

function isSound(config: Config, bench: Workbench): boolean {
  const before = bench.problems.length
  for (const [field, what] of Object.entries(only)) {
    if (config[field as keyof typeof only] === undefined || config.for === what) continue
    const message = `${field} has no effect on a wait for ${called[config.for]}`
    bench.problem(`config.${field}`, 'unknown_field', message, `remove it, or wait for ${called[what]}`)
  }
  if (config.for === 'signal') checkSignal(config, bench)
  if (config.form !== undefined) checkForm(config.form, bench)
  return bench.problems.length === before
}

function checkSignal({ name }: Config, bench: Workbench): void {
  if (name === undefined) {
    bench.problem('config.name', 'missing_field', 'a wait for a signal needs its name', 'give the signal a name')
    return
  }
  const issue = SignalName.safeParse(name).error?.issues[0]
  if (issue !== undefined) bench.problem('config.name', 'invalid_field', `name: ${issue.message}`, 'correct the name')
}

function checkForm(form: NonNullable<Config['form']>, bench: Workbench): void {
  const mend = 'give a JSON Schema (draft 2020-12) of an object'
  if (form['type'] !== 'object') {
    bench.problem('config.form', 'invalid_field', 'the form is not that of an object', mend)
    return
  }
  try {
    fromJsonSchema(form)
  } catch (error) {
    assert(error instanceof Error, 'zod throws errors')
    bench.problem('config.form', 'invalid_field', `the form cannot be used: ${error.message}`, mend)
  }
}

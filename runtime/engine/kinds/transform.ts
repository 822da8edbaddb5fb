import type { z } from 'zod'

import type { transform } from '../../../schemas/kinds/transform.ts'
import type { Evaluation, Scope } from '../../expression/index.ts'
import { type Computed, expressionFailed, type NodeProgram } from '../node-program.ts'
import { isObject, type JsonObject, readPath, withoutPath, withPath } from '../path.ts'
import type { Workbench } from '../workbench.ts'

type Config = z.infer<typeof transform.config>
type Operation = (input: JsonObject, scope: Scope) => Computed

/** Which field each operation works with; the others would have no effect. */
const needs = { set: 'values', keep: 'paths', remove: 'paths', rename: 'names' } as const

export function compileTransform(config: Config, bench: Workbench): NodeProgram | null {
  if (!isSound(config, bench)) return null
  if (config.operation === undefined) return compileFields(config, bench)

  const from = config.from === undefined ? undefined : bench.expression('config.from', config.from, 'any')
  const operation = compileOperation(config, bench)
  if (from === null || operation === null) return null
  return {
    role: 'compute',
    compute(scope, input) {
      const source: Pick<Extract<Evaluation, { ok: true }>, 'ok' | 'value'> | Extract<Evaluation, { ok: false }> =
        from === undefined ? { ok: true, value: input() } : from.evaluate(scope)
      if (!source.ok) return source
      if (!isObject(source.value))
        return expressionFailed(`${config.operation} works on an object, and the input is not one`)
      return operation(source.value, scope)
    },
  }
}

function compileFields(config: Config, bench: Workbench): NodeProgram | null {
  const template = bench.template('config.fields', config.fields)
  if (template === null) return null
  return {
    role: 'compute',
    compute(scope) {
      const evaluation = template.evaluate(scope)
      return evaluation.ok ? succeeded(evaluation.value) : evaluation
    },
  }
}

function compileOperation(config: Config, bench: Workbench): Operation | null {
  const { paths = [], names = {} } = config
  if (config.operation === 'keep') return (input) => succeeded(kept(input, paths))
  if (config.operation === 'remove') return (input) => succeeded(paths.reduce(withoutPath, input))
  if (config.operation === 'rename') return (input) => succeeded(renamed(input, Object.entries(names)))
  const template = bench.template('config.values', config.values)
  if (template === null) return null
  return (input, scope) => {
    const evaluation = template.evaluate(scope)
    if (!evaluation.ok) return evaluation
    const values = Object.entries(evaluation.value as JsonObject)
    return succeeded(values.reduce((output, [path, value]) => withPath(output, path, value), input))
  }
}

function kept(input: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce<JsonObject>((output, path) => {
    const value = readPath(input, path)
    return value === undefined ? output : withPath(output, path, value)
  }, {})
}

/** All values are taken before any is placed, so that two fields can change names. A path that is not there stays away. */
function renamed(input: JsonObject, names: readonly (readonly [string, string])[]): JsonObject {
  const values = names.map(([from, to]) => ({ to, value: readPath(input, from) }))
  const without = names.reduce((output, [from]) => withoutPath(output, from), input)
  return values.reduce((output, { to, value }) => (value === undefined ? output : withPath(output, to, value)), without)
}

const succeeded = (output: unknown): Computed => ({ ok: true, output, ports: ['out'] })

function isSound(config: Config, bench: Workbench): boolean {
  if ((config.fields === undefined) === (config.operation === undefined)) {
    const code = config.fields === undefined ? 'missing_field' : 'invalid_field'
    bench.problem('config', code, 'a transform has either fields or an operation', 'set one of the two')
    return false
  }
  const needed = config.operation === undefined ? 'fields' : needs[config.operation]
  if (config[needed] === undefined) {
    bench.problem(`config.${needed}`, 'missing_field', `${config.operation} needs ${needed}`, `set ${needed}`)
    return false
  }
  const allowed: readonly string[] = config.operation === undefined ? ['fields'] : ['operation', 'from', needed]
  const stray = Object.keys(config).filter((field) => !allowed.includes(field))
  for (const field of stray) {
    bench.problem(
      `config.${field}`,
      'unknown_field',
      `${field} has no effect here`,
      `remove it, or choose an operation that uses it`,
    )
  }
  return stray.length === 0 && hasSafePaths(config, bench)
}

function hasSafePaths(config: Config, bench: Workbench): boolean {
  const { paths = [], names = {}, values = {} } = config
  const unsafe = [...paths, ...Object.entries(names).flat(), ...Object.keys(values)].filter((path) =>
    /(^|\.)(__proto__|prototype|constructor)(\.|$)/.test(path),
  )
  for (const path of unsafe)
    bench.problem('config', 'invalid_field', `the path ${path} is not allowed`, 'use another name')
  return unsafe.length === 0
}

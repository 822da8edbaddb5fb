import type { NodeProgram } from '../../node-program.ts'
import type { Workbench } from '../../workbench.ts'
import { compileKeep, compileRemove, compileRename, compileSet } from './edit-object.ts'
import { compileExtract } from './extract.ts'
import { compileFilter } from './filter.ts'
import { compileGroup } from './group.ts'
import { compileLimit } from './limit.ts'
import { type Config, type Operation, type OperationName, succeeded } from './operation.ts'
import { compileSort } from './sort.ts'

type OperationKind = {
  readonly compile: (config: Config, bench: Workbench) => Operation | null
  /** Which fields it works with; the others would have no effect. */
  readonly fields: readonly (keyof Config)[]
}

const operations: { readonly [Name in OperationName]: OperationKind } = {
  set: { compile: compileSet, fields: ['values'] },
  keep: { compile: compileKeep, fields: ['paths'] },
  remove: { compile: compileRemove, fields: ['paths'] },
  rename: { compile: compileRename, fields: ['names'] },
  extract: { compile: compileExtract, fields: ['path'] },
  filter: { compile: compileFilter, fields: ['where'] },
  sort: { compile: compileSort, fields: ['by'] },
  limit: { compile: compileLimit, fields: ['first', 'last', 'offset'] },
  group: { compile: compileGroup, fields: ['key'] },
}

export function compileTransform(config: Config, bench: Workbench): NodeProgram | null {
  if (!isSound(config, bench)) return null
  if (config.operation === undefined) return compileFields(config, bench)

  const from = config.from === undefined ? undefined : bench.expression('config.from', config.from, 'any')
  const operation = operations[config.operation].compile(config, bench)
  if (from === null || operation === null) return null
  return {
    role: 'compute',
    compute(scope, input) {
      if (from === undefined) return operation(input(), scope)
      const source = from.evaluate(scope)
      return source.ok ? operation(source.value, scope) : source
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

function isSound(config: Config, bench: Workbench): boolean {
  if ((config.fields === undefined) === (config.operation === undefined)) {
    const code = config.fields === undefined ? 'missing_field' : 'invalid_field'
    bench.problem('config', code, 'a transform has either fields or an operation', 'set one of the two')
    return false
  }
  const allowed: readonly string[] =
    config.operation === undefined ? ['fields'] : ['operation', 'from', ...operations[config.operation].fields]
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

function hasSafePaths({ path, paths = [], names = {}, values = {} }: Config, bench: Workbench): boolean {
  const named = [
    ...(path === undefined ? [] : [path]),
    ...paths,
    ...Object.entries(names).flat(),
    ...Object.keys(values),
  ]
  const unsafe = named.filter((one) => /(^|\.)(__proto__|prototype|constructor)([.[]|$)/.test(one))
  for (const one of unsafe)
    bench.problem('config', 'invalid_field', `the path ${one} is not allowed`, 'use another name')
  return unsafe.length === 0
}

import { type JsonObject, readPath, withoutPath, withPath } from '../../path.ts'
import type { Workbench } from '../../workbench.ts'
import { type Config, needed, type Operation, onObject, succeeded } from './operation.ts'

export function compileSet(config: Config, bench: Workbench): Operation | null {
  const values = needed('values', config, bench)
  const template = values === null ? null : bench.template('config.values', values)
  if (template === null) return null
  return onObject('set', (input, scope) => {
    const evaluation = template.evaluate(scope)
    if (!evaluation.ok) return evaluation
    const entries = Object.entries(evaluation.value as JsonObject)
    return succeeded(entries.reduce((output, [path, value]) => withPath(output, path, value), input))
  })
}

export function compileKeep(config: Config, bench: Workbench): Operation | null {
  const paths = needed('paths', config, bench)
  return paths === null ? null : onObject('keep', (input) => succeeded(kept(input, paths)))
}

export function compileRemove(config: Config, bench: Workbench): Operation | null {
  const paths = needed('paths', config, bench)
  return paths === null ? null : onObject('remove', (input) => succeeded(paths.reduce(withoutPath, input)))
}

export function compileRename(config: Config, bench: Workbench): Operation | null {
  const names = needed('names', config, bench)
  return names === null ? null : onObject('rename', (input) => succeeded(renamed(input, Object.entries(names))))
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

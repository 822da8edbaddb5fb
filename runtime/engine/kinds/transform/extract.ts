import { kindOf, nameOf } from '../../../expression/index.ts'
import { type Computed, expressionFailed } from '../../node-program.ts'
import { isObject } from '../../path.ts'
import type { Workbench } from '../../workbench.ts'
import { type Config, type Operation, succeeded } from './operation.ts'

export function compileExtract({ path, from }: Config, bench: Workbench): Operation | null {
  if (path !== undefined) return (input) => valueAt(input, path)
  if (from !== undefined) return succeeded
  bench.problem('config.path', 'missing_field', 'extract needs path or from', 'set one of them, or both')
  return null
}

function valueAt(input: unknown, path: string): Computed {
  let value = input
  for (const [text, element] of path.matchAll(/\[(\d+)\]|[^.[\]]+/g)) {
    const inner = element === undefined ? fieldOf(value, text) : elementOf(value, Number(element))
    if (inner === undefined) return missing(path, text, value)
    value = inner
  }
  return succeeded(value)
}

const fieldOf = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined

const elementOf = (value: unknown, index: number): unknown => (Array.isArray(value) ? value[index] : undefined)

function missing(path: string, part: string, container: unknown): Computed {
  const place = Array.isArray(container)
    ? `a list of ${container.length} ${container.length === 1 ? 'element' : 'elements'}`
    : nameOf(kindOf(container))
  return expressionFailed(
    `the input has nothing at ${path}: ${part} is looked for in ${place}; correct the path, or read what may be absent with .? in from and no path`,
  )
}

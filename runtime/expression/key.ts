import type { ASTNode } from '@marcbachmann/cel-js'

import type { Compiled, Names } from './compiled.ts'
import { CompileError } from './problem.ts'
import { unknownStep } from './unknown-name.ts'
import { isForbiddenName } from './value.ts'

/** What is read from `owner`: the name after a dot, or what stands in brackets. Checked as far as it is known before. */
export function compileKey(owner: ASTNode, index: string | ASTNode, names: Names): Compiled {
  const key: Compiled =
    typeof index === 'string' ? { kind: 'string', constant: index, code: () => index } : names.compile(index, names)
  if (typeof key.constant !== 'string') return key
  assertReadable(key.constant)
  const isStep = owner.op === 'id' && owner.args === 'steps' && !names.locals.has('steps')
  if (isStep && names.steps !== undefined && !names.steps.includes(key.constant)) {
    throw unknownStep(key.constant, names.steps)
  }
  return key
}

export function assertReadable(name: string): void {
  if (!isForbiddenName(name)) return
  throw new CompileError('forbidden_name', `\`${name}\` cannot be read`, 'rename the field where the data is made')
}

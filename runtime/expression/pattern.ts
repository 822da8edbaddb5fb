import { RE2JS } from '@bufbuild/re2'
import type { ASTNode } from '@marcbachmann/cel-js'

import { type Compiled, type Names, textOf } from './compiled.ts'
import { ExpressionError } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { CompileError } from './problem.ts'
import { kindOf, nameOf } from './value.ts'

/** `text.re('pattern')`. */
export function compileRe(receiver: ASTNode, args: readonly ASTNode[], names: Names): Compiled {
  const text = names.compile(receiver, names)
  const pattern = names.compile(args[0] as ASTNode, names).constant
  if (typeof pattern !== 'string') {
    throw new CompileError(
      'not_supported',
      'the pattern of re(…) must be a literal text',
      "write .re('^[A-Z]+-[0-9]+$')",
    )
  }
  const matches = compilePattern(pattern)
  return {
    kind: 'boolean',
    code(frame) {
      const value = text.code(frame)
      if (typeof value === 'string') return matches(value, frame)
      throw new ExpressionError('type', () => [
        `\`${textOf(receiver)}\` is ${nameOf(kindOf(value))}, so it cannot be matched`,
        'turn it into text first: string(…)',
      ])
    },
  }
}

/**
 * Tests whether the pattern is found anywhere in a text. RE2 visits each of its instructions at most
 * once for each character, so that is what a test pays for: 1 step for each 256 such visits begun.
 */
function compilePattern(pattern: string): (text: string, frame: Frame) => boolean {
  const compiled = compileOrProblem(pattern)
  const instructions = compiled.re2().prog.numInst()
  return (text, frame) => {
    frame.charge(1 + Math.floor((text.length * instructions) / 256))
    return compiled.test(text)
  }
}

function compileOrProblem(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    const reason = String(error).replace(/^\w+: /, '')
    const mend = 'use RE2 syntax: no back-references and no look-around'
    throw new CompileError('regex_invalid', `the pattern is not valid: ${reason}`, mend)
  }
}

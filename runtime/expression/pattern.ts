import { RE2JS } from '@bufbuild/re2'

import type { Frame } from './frame.ts'
import { CompileError } from './problem.ts'

/** Tests whether the pattern is found anywhere in a text. RE2 takes time in proportion to the text, so it pays by its length. */
export function compilePattern(pattern: string): (text: string, frame: Frame) => boolean {
  const compiled = compileOrProblem(pattern)
  return (text, frame) => {
    frame.charge(1 + (text.length >> 3))
    return compiled.test(text)
  }
}

function compileOrProblem(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const mend = 'use RE2 syntax: no back-references and no look-around'
    throw new CompileError('regex_invalid', `the pattern is not valid: ${reason}`, mend)
  }
}

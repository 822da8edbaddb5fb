import type { Failure, StepRequest } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'

/** Why an output cannot be kept; null when it can. */
export function outputFailure(output: unknown): Failure | null {
  const { bytes, depth } = measureJson(JSON.stringify(output))
  const failure = tooLarge('output', bytes, limits.stepOutputBytes, 'keep only what later steps need')
  if (failure !== null) return failure
  if (depth > limits.stepOutputDepth) {
    return {
      code: 'output_too_deep',
      message: `the output nests ${depth} levels, and ${limits.stepOutputDepth} are allowed: flatten it`,
    }
  }
  return null
}

/** Why a request cannot be kept; null when it can. */
export const requestFailure = (request: StepRequest): Failure | null =>
  tooLarge('request', jsonBytes(request), limits.stepRequestBytes, 'send less of what was read')

/** The failure of what has more bytes of JSON than it may; null when it has not. */
export function tooLarge(what: string, bytes: number, maxBytes: number, mend: string): Failure | null {
  if (bytes <= maxBytes) return null
  const message = `the ${what} has ${bytes} bytes of JSON, and ${maxBytes} are allowed: ${mend}`
  return { code: `${what}_too_large`, message }
}

export const jsonBytes = (value: unknown): number => measureJson(JSON.stringify(value)).bytes

const [quote, backslash, openList, closeList, openMap, closeMap] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/** UTF-8 bytes and nesting of a JSON text, in one pass. Such a text holds no lone surrogates, so each half of a pair counts two. */
export function measureJson(text: string): { readonly bytes: number; readonly depth: number } {
  let bytes = 0
  let level = 0
  let depth = 0
  let isInText = false
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3
    if (unit === quote) isInText = !isInText
    else if (isInText) {
      // The unit after a backslash is ASCII and part of the escape.
      if (unit === backslash) {
        index += 1
        bytes += 1
      }
    } else if (unit === openList || unit === openMap) {
      level += 1
      depth = Math.max(depth, level)
    } else if (unit === closeList || unit === closeMap) level -= 1
  }
  return { bytes, depth }
}

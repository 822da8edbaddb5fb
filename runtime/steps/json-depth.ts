const quote = 0x22
const backslash = 0x5c
const opening = new Set([0x5b, 0x7b])
const closing = new Set([0x5d, 0x7d])

/** The deepest nesting of brackets outside strings. */
export function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (isInString && code === backslash) at++
    else if (code === quote) isInString = !isInString
    else if (!isInString && opening.has(code)) deepest = Math.max(deepest, ++depth)
    else if (!isInString && closing.has(code)) depth--
  }
  return deepest
}

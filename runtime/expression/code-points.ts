const SURROGATE = /[\ud800-\udfff]/

/** Whether some characters of a text take two units, so that they can only be counted one by one. */
export const hasPairs = (text: string): boolean => SURROGATE.test(text)

/** Characters of a text as people and CEL count them: an emoji outside the basic plane is one. */
export function sizeOf(text: string): number {
  if (!hasPairs(text)) return text.length
  let size = 0
  for (const _ of text) size += 1
  return size
}

/** The characters from `start` up to `end`, counted likewise. */
export const sliceOf = (text: string, start: number, end: number): string =>
  hasPairs(text) ? text.slice(offsetOf(text, start), offsetOf(text, end)) : text.slice(start, end)

/** Where in UTF-16 the character stands that is so many from the start. */
function offsetOf(text: string, characters: number): number {
  let offset = 0
  for (let index = 0; index < characters; index++) offset += (text.codePointAt(offset) as number) > 0xffff ? 2 : 1
  return offset
}

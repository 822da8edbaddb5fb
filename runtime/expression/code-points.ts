const SURROGATE = /[\ud800-\udfff]/

/** Characters of a text as people and CEL count them: an emoji outside the basic plane is one. */
export const sizeOf = (text: string): number => (SURROGATE.test(text) ? Array.from(text).length : text.length)

export const sliceOf = (text: string, start: number, end: number): string =>
  SURROGATE.test(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end)

/** Small turns of phrase that the sentences of the studio share. */
export const counted = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`
export const named = (name: string): string => `“${name}”`
export const listed = (words: readonly string[]): string => (words.length === 0 ? 'no port' : words.join(', '))
export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
export const ended = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)

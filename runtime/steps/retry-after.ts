import { limits } from '../../schemas/limits.ts'

const imfDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const rfc850Date = /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/
const asctimeDate = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/**
 * When the other side wants to be called again, in epoch milliseconds: never before `nowMs`, never
 * later than the longest interval a retry may have. Undefined when the header says nothing readable.
 */
export function retryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  const at = /^\d+$/.test(text) ? nowMs + Number(text) * 1000 : httpDate(text)
  if (Number.isNaN(at)) return undefined
  return Math.min(Math.max(at, nowMs), nowMs + limits.retryIntervalMs)
}

/** The three forms of RFC 9110 section 5.6.7. `Date.parse` alone also reads much that is no HTTP date. */
function httpDate(text: string): number {
  if (imfDate.test(text) || rfc850Date.test(text)) return Date.parse(text)
  return asctimeDate.test(text) ? Date.parse(`${text} GMT`) : Number.NaN
}

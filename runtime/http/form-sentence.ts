import type { z } from 'zod'

/** What is wrong with something that a person typed, as a sentence to that person. */
export function formSentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)
    case 'invalid_format':
      return formats[issue.format] ?? 'Write it in the form that is asked for.'
    case 'not_multiple_of':
      return `Write a multiple of ${issue.divisor}.`
    default:
      return `${issue.message}.`
  }
}

function bound(what: string, how: string, limit: number | bigint): string {
  if (what === 'string') return `Write ${how} ${count(limit, 'character')}.`
  if (what === 'array' || what === 'set') return `Give ${how} ${count(limit, 'element')}.`
  return `This must be ${how} ${limit}.`
}

const count = (number: number | bigint, what: string): string => `${number} ${what}${Number(number) === 1 ? '' : 's'}`

const formats: Readonly<Record<string, string>> = {
  email: 'Write an e-mail address, for example ada@example.com.',
  url: 'Write an address that begins with https://.',
  date: 'Write a date, for example 2026-01-31.',
}

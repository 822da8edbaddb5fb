import { z } from 'zod'

/** A whole number in a query, in digits only: `Number` would also read an empty text, `0x10` and `1e3`. */
export const wholeNumber = (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number in digits')
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum))
    // As a document says it: what is sent is the text of a number.
    .meta({ type: 'integer', minimum, maximum })

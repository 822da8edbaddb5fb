import { z } from 'zod'

/** RFC 9457 `application/problem+json`. `code` is stable, `title` says what happened, `detail` what to do. */
export const Problem = z.looseObject({
  type: z.literal('about:blank').default('about:blank'),
  status: z.int(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
})
export type Problem = z.infer<typeof Problem>

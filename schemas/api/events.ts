import { z } from 'zod'

import { Json } from '../json.ts'
import { SignalName } from '../kinds/wait.ts'
import { limits } from '../limits.ts'

/** Body of `POST /events`. An id that was used before is the same event told again. */
export const EventBody = z.strictObject({
  name: SignalName,
  data: Json.default(null),
  id: z
    .string()
    .min(1)
    .max(limits.eventIdLength)
    // A database keeps something else in its place, so that two such ids would be one.
    .refine((id) => id.isWellFormed(), 'must not hold half of a surrogate pair')
    .optional(),
})
export type EventBody = z.infer<typeof EventBody>

/** Its answer. `deliveredTo`: the workflows that take events of this name; their filters are asked when it reaches them. */
export const EventAnswer = z.object({ eventId: z.string(), deliveredTo: z.array(z.string()) })
export type EventAnswer = z.infer<typeof EventAnswer>

import type { Failure } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'

/** A failure whose message is short enough for lists. Data may have a part in a message, and data may be long. */
export function boundedFailure(failure: Failure): Failure {
  if (failure.message.length <= limits.failureMessageChars) return failure
  // A cut may leave half of a character.
  const beginning = failure.message.slice(0, limits.failureMessageChars).toWellFormed()
  return { ...failure, message: `${beginning}…` }
}

import { z } from 'zod'
import { ExecutionEvent, type RecordedEvent } from '../../schemas/execution-events.ts'

const Position = z.object({ position: z.int().min(1) })

/** Events as they came over the wire. Throws a ZodError when the server speaks of events this studio does not know. */
export const parseEvents = (events: readonly unknown[]): readonly RecordedEvent[] =>
  events.map((event) => ({ ...ExecutionEvent.parse(event), ...Position.parse(event) }))

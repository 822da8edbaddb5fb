import type { EventOf, ExecutionEvent, Failure, IterationOutput } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import type { Read } from './turn.ts'

type Reader = { readonly read: Read }

/** The event at a position, which must be of this type. */
export function eventAt<Type extends ExecutionEvent['type']>(
  reader: Reader,
  position: number,
  type: Type,
): EventOf<Type> {
  const event = reader.read(position)
  assert(event.type === type, `position ${position} holds ${type}`)
  return event as EventOf<Type>
}

/** The body that a position holds: a trigger's data, a step's output, a signal's or a callback's data. */
export function bodyAt(reader: Reader, position: number): unknown {
  const event = reader.read(position)
  if (event.type === 'ExecutionStarted') return event.trigger
  if (event.type === 'SignalReceived' || event.type === 'CallbackReceived') return event.data
  assert(event.type === 'StepSucceeded', `position ${position} holds an output`)
  return event.outputAt === undefined ? (event.output ?? null) : bodyAt(reader, event.outputAt)
}

/** What an iteration came to, by the position of its end; of a failed one its error. */
export function iterationResult(reader: Reader, position: number): unknown {
  const event = reader.read(position)
  if (event.type === 'IterationFailed') return itemError(event.failure, event.failedStep)
  assert(event.type === 'IterationSucceeded', `position ${position} holds the end of an iteration`)
  return iterationBody(reader, event.output)
}

/** What stands for a failed item in the list of its `each`. */
export const itemError = ({ code, message }: Failure, step: StepKey): unknown => ({ error: { code, message, step } })

export function iterationBody(reader: Reader, output: IterationOutput): unknown {
  if (output.shape === 'collected') return output.value
  if (output.shape === 'none') return null
  if (output.shape === 'step') return bodyAt(reader, output.position)
  return Object.fromEntries(
    output.steps.map(({ step, position: at }) => [step.replace(/@.*$/s, ''), bodyAt(reader, at)]),
  )
}

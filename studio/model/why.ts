import { instantText } from '../../runtime/engine/instant.ts'
import { whyExecution, whyStep } from '../../runtime/engine/why.ts'
import type { Reason } from '../../schemas/api/why.ts'
import { StepKey } from '../../schemas/graph.ts'
import { type ExecutionLog, startedOf, stateAt } from './execution-log.ts'
import { recordedAt } from './execution-output.ts'

/** A reason as it is shown: with the step it is about, when there is one to go to, and its instants apart from its words. */
export type ShownReason = Reason & { readonly key: StepKey | null; readonly parts: readonly (string | number)[] }

/** Why the execution did what it did at a position; or why one step of it did. Folded here, so the past is explained as well. */
export function whyAt(log: ExecutionLog, position: number, step: StepKey | null): readonly ShownReason[] {
  const state = startedOf(stateAt(log, position))
  if (state === null) return []
  const read = (at: number) => recordedAt(log.events, at)
  const reasons = step === null ? whyExecution(state, read) : (whyStep(state, read, step) ?? [])
  return reasons.map((reason) => ({
    ...reason,
    key: StepKey.safeParse(reason.step).data ?? null,
    parts: partsOf(reason),
  }))
}

/** The sentence says its instants in UTC. Only its own are taken out: those in a message are as someone else wrote them. */
function partsOf({ sentence, at, until }: Reason): readonly (string | number)[] {
  const own = [at, until].filter((instant) => instant !== undefined)
  return own.reduce<readonly (string | number)[]>(
    (parts, instant) => parts.flatMap((part) => (typeof part === 'number' ? [part] : splitAt(part, instant))),
    [sentence],
  )
}

function splitAt(text: string, instant: number): readonly (string | number)[] {
  const written = instantText(instant)
  const place = text.indexOf(written)
  return place < 0 ? [text] : [text.slice(0, place), instant, text.slice(place + written.length)]
}

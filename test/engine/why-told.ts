import type { Started } from '../../runtime/engine/state.ts'
import { whyExecution, whyStep } from '../../runtime/engine/why.ts'
import { Reason } from '../../schemas/api/why.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { fold, readFrom } from '../support/given.ts'
import { step } from '../support/graphs.ts'

/** Why the execution does what it does after this log, or one step; null for a step that does not exist. */
export function why(log: readonly ExecutionEvent[], id?: string): Reason[] | null {
  const state = fold(log) as Started
  const reasons = id === undefined ? whyExecution(state, readFrom(log)) : whyStep(state, readFrom(log), step(id))
  return reasons === null ? null : Reason.array().parse(reasons)
}

const instants = /\d{4}-\d\d-\d\dT[\d:.]+Z/g

/** The instants that the sentences name, and of each whether the data beside the sentence has it. */
export const instantsTold = (log: readonly ExecutionEvent[], id?: string): [string, boolean][] =>
  (why(log, id) ?? []).flatMap(({ sentence, at, until }) =>
    (sentence.match(instants) ?? []).map((text): [string, boolean] => [text, [at, until].includes(Date.parse(text))]),
  )

/** The same as text, each sentence under what it explains. */
export const told = (log: readonly ExecutionEvent[], id?: string): string[] | null =>
  why(log, id)?.map(({ depth, sentence }) => `${'  '.repeat(depth)}${sentence}`) ?? null

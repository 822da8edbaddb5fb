import { bodyAt, decide, type ExecutionState, initialState, type Rejection } from '../../runtime/engine/index.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import { startExecution } from '../support/events.ts'
import { readFrom } from '../support/given.ts'
import { graphOf, type NodeText, start } from '../support/graphs.ts'

/** What was recorded of an execution, with the state that it makes and the last thing that was refused. */
export type Recorded = {
  readonly log: readonly ExecutionEvent[]
  readonly state: ExecutionState
  readonly rejection: Rejection | null
}

/** Starts a graph by hand, and does with it what follows. */
export function recorded(
  nodes: readonly NodeText[],
  edges: readonly string[],
  ...commands: readonly ExecutionCommand[]
): Recorded {
  const log: ExecutionEvent[] = []
  let state: ExecutionState = initialState()
  let rejection: Rejection | null = null
  for (const command of [startExecution(graphOf([start, ...nodes], edges)), ...commands]) {
    const decision = decide(command, state, readFrom(log))
    if (!decision.ok) rejection = decision.rejection
    else {
      log.push(...decision.events)
      state = decision.state
    }
  }
  return { log, state, rejection }
}

/** A container with one step inside it. */
export const around = (kind: string, config: Record<string, unknown>, inside: NodeText): Recorded =>
  recorded(
    [
      { id: 'it', kind, config },
      { ...inside, parent: 'it' },
    ],
    ['start -> it', 'it.body -> inner'],
  )

export const eventsOf = <Type extends ExecutionEvent['type']>({ log }: Recorded, type: Type): EventOf<Type>[] =>
  log.filter((event): event is EventOf<Type> => event.type === type)

/** The output of the step `it`; undefined when it has none. */
export function outputOfIt({ log }: Recorded): unknown {
  const position = log.findIndex((event) => event.type === 'StepSucceeded' && event.step === 'it') + 1
  return position === 0 ? undefined : bodyAt({ read: readFrom(log) }, position)
}

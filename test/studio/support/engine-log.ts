import type { ExecutionCommand } from '../../../schemas/execution-commands.ts'
import type { RecordedEvent } from '../../../schemas/execution-events.ts'
import type { ExecutionLog } from '../../../studio/model/execution-log.ts'
import { logOf as engineLogOf } from '../../support/given.ts'
import { logOf, recorded } from './triage-log.ts'

/** The events that the engine records for these commands, as the studio gets them. */
export const eventsOf = (...commands: readonly ExecutionCommand[]): readonly RecordedEvent[] =>
  recorded(engineLogOf(...commands))

/** The same as a log. */
export const told = (...commands: readonly ExecutionCommand[]): ExecutionLog => logOf(eventsOf(...commands))

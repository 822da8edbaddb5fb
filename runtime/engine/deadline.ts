import type { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { Started } from './state.ts'

/** When an execution that begins, or goes on after a retry, must have ended. */
export const deadlineFrom = ({ settings }: Graph, at: EpochMs): EpochMs =>
  at + (settings.timeoutMs ?? limits.executionTimeoutDefaultMs)

/** The deadline as it would be if a pause in which no time passes ended now. */
export const deadlineAsOf = ({ deadlineAt, pause }: Started, at: EpochMs): EpochMs =>
  pause?.timers === 'frozen' ? deadlineAt + at - pause.at : deadlineAt

import type { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'

/** When an execution that begins, or goes on after a retry, must have ended. */
export const deadlineFrom = ({ settings }: Graph, at: EpochMs): EpochMs =>
  at + (settings.timeoutMs ?? limits.executionTimeoutDefaultMs)

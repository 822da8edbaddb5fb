import { z } from 'zod'

import type { Node, StepKey } from '../../schemas/graph.ts'
import { isBatch } from './step-key.ts'

/** Whether the step, a run of the node, is over only when the execution that it starts has ended. */
export const waitsForItsChild = (step: StepKey, { kind, config }: Node): boolean =>
  (kind === 'workflow' && config['wait'] !== false) || isBatch(step)

/** What the attempt that starts a child gives. */
const StartedChild = z.object({ workflowId: z.string(), executionId: z.string(), version: z.int().min(1) })
export type StartedChild = z.infer<typeof StartedChild>

export const startedChild = (output: unknown): StartedChild => StartedChild.parse(output)

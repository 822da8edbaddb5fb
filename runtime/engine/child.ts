import { z } from 'zod'

import type { Node } from '../../schemas/graph.ts'

/** Whether a step of the node is over only when the execution that it starts has ended. */
export const waitsForItsChild = ({ kind, config }: Node): boolean => kind === 'workflow' && config['wait'] !== false

/** What the attempt that starts a child gives. */
const StartedChild = z.object({ workflowId: z.string(), executionId: z.string(), version: z.int().min(1) })
export type StartedChild = z.infer<typeof StartedChild>

export const startedChild = (output: unknown): StartedChild => StartedChild.parse(output)

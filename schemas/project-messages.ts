import { z } from 'zod'

import { NodeId } from './graph.ts'
import { Json } from './json.ts'
import { SignalName } from './kinds/wait.ts'
import { EpochMs } from './time.ts'

/** What an event brings to the executions that it starts. */
export const EventTrigger = z.object({ name: SignalName, data: Json, id: z.string(), at: EpochMs })
export type EventTrigger = z.infer<typeof EventTrigger>

/** What the failure of an execution brings to those that it starts. */
export const FailureTrigger = z.object({
  workflow: z.object({ id: z.string(), name: z.string(), version: z.int().min(1) }),
  execution: z.object({ id: z.string(), startedAt: EpochMs, endedAt: EpochMs, triggerNode: NodeId }),
  /** `step`: the one that ended the execution, when one did. */
  error: z.object({ code: z.string(), message: z.string(), step: z.string().nullable() }),
})
export type FailureTrigger = z.infer<typeof FailureTrigger>

/** What the project tells workflows. The key is the same for every repeat, and starts one execution of each. */
export const ProjectMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), key: z.string(), trigger: EventTrigger }),
  z.object({ type: z.literal('failure'), key: z.string(), trigger: FailureTrigger }),
])
export type ProjectMessage = z.infer<typeof ProjectMessage>

/** What a workflow tells the project: what it wants to hear of from now on, and what failed. */
export const WorkflowMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribed'), topics: z.array(z.string()) }),
  z.object({ type: z.literal('failed'), key: z.string(), trigger: FailureTrigger }),
])
export type WorkflowMessage = z.infer<typeof WorkflowMessage>

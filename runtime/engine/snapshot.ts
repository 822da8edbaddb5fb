import { z } from 'zod'

import { Failure } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'
import { NodeId, StepKey } from '../../schemas/graph.ts'
import { EpochMs } from '../../schemas/time.ts'
import { PersistentMap } from './persistent-map.ts'
import type { Started, StepState } from './state.ts'

const count = z.int().min(0)
const ports = z.array(z.string())
const trying = { startedAt: EpochMs, attempt: count, failures: count, interruptions: count, requestAt: count }
const over = { startedAt: EpochMs, endedAt: EpochMs, attempt: count }

const StepStateSchema: z.ZodType<StepState> = z.discriminatedUnion('status', [
  z.object({ status: z.literal('running'), ...trying, timeoutAt: EpochMs }),
  z.object({ status: z.literal('retrying'), ...trying, retryAt: EpochMs, failure: Failure }),
  z.object({ status: z.literal('interrupted'), ...trying }),
  z.object({ status: z.literal('failing'), ...trying, failure: Failure }),
  z.object({ status: z.literal('delayed'), startedAt: EpochMs, until: EpochMs }),
  z.object({ status: z.literal('succeeded'), ...over, ports, outputAt: count }),
  z.object({
    status: z.literal('failed'),
    ...over,
    ports,
    failedAt: count,
    handled: z.enum(['fail', 'port', 'continue']),
  }),
  z.object({ status: z.literal('cancelled'), ...over }),
  z.object({ status: z.literal('skipped'), endedAt: EpochMs }),
])

const FoldedUnder = z.object({ rules: z.int() })

/** A state as it is kept beside the log. The graph is not in it: the first event holds it. */
const StateSnapshot = FoldedUnder.extend({
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  position: count,
  executionId: z.string(),
  workflowId: z.string(),
  version: z.int(),
  triggerNode: NodeId,
  startedAt: EpochMs,
  lastAt: EpochMs,
  endedAt: EpochMs.nullable(),
  steps: z.array(z.tuple([StepKey, StepStateSchema])),
  arrivals: z.array(z.tuple([NodeId, z.object({ taken: count, dead: count })])),
  active: z.array(z.tuple([StepKey, z.literal(true)])),
  respondedAt: count,
  failedStep: StepKey.nullable(),
})
export type StateSnapshot = z.infer<typeof StateSnapshot>

/** The state as JSON, equal for equal states. `rules` says which version of the engine folded it. */
export function snapshotOf(state: Started, rules: number): unknown {
  const { graph: _, ...rest } = state
  return { rules, ...rest }
}

/** Null when the snapshot was folded under other rules: then the log is folded from its beginning. Throws when it is damaged. */
export function stateFrom(snapshot: unknown, graph: Graph, rules: number): Started | null {
  // The rules first: what was folded under others may have any shape.
  if (FoldedUnder.parse(snapshot).rules !== rules) return null
  const { rules: _, steps, arrivals, active, ...rest } = StateSnapshot.parse(snapshot)
  return {
    ...rest,
    graph,
    steps: PersistentMap.from(steps),
    arrivals: PersistentMap.from(arrivals),
    active: PersistentMap.from(active),
  }
}

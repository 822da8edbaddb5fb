import { z } from 'zod'

import { CompensationCause, Failure, Notice, Parent, PauseReason, PauseTimers } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'
import { NodeId, ScopePath, StepKey } from '../../schemas/graph.ts'
import { EpochMs } from '../../schemas/time.ts'
import { type Draft, index } from './draft.ts'
import type { Noted } from './notices.ts'
import { PersistentMap } from './persistent-map.ts'
import type { Arrivals, BatchChild, Iterations, ScopeState, Started, StepState, Undoable } from './state.ts'
import { Timers } from './timers.ts'

const count = z.int().min(0)
const ports = z.array(z.string())
const trying = { startedAt: EpochMs, attempt: count, failures: count, interruptions: count, requestAt: count }
const over = { startedAt: EpochMs, endedAt: EpochMs, attempt: count }

const mapOf = <Key extends string, Value>(key: z.ZodType, value: z.ZodType<Value>) =>
  z.array(z.tuple([key, value])).transform((entries) => PersistentMap.from(entries as [Key, Value][]))

const IterationsSchema: z.ZodType<Iterations> = z.object({
  openedAt: count,
  size: count.nullable(),
  first: count,
  batchSize: count.nullable(),
  concurrency: count,
  next: count,
  open: mapOf<string, true>(z.string(), z.literal(true)),
  results: mapOf<string, number>(z.string(), count),
  bytes: count,
  failed: count,
  firstFailed: count.nullable(),
  again: z.boolean(),
})

const StepStateSchema: z.ZodType<StepState> = z.discriminatedUnion('status', [
  z.object({ status: z.literal('running'), ...trying, timeoutAt: EpochMs }),
  z.object({ status: z.literal('retrying'), ...trying, retryAt: EpochMs, failedAt: EpochMs, failure: Failure }),
  z.object({ status: z.literal('interrupted'), ...trying }),
  z.object({ status: z.literal('failing'), ...trying, failure: Failure }),
  z.object({ status: z.literal('unknown'), ...trying }),
  z.object({ status: z.literal('child'), ...trying, executionId: z.string() }),
  z.object({ status: z.literal('delayed'), startedAt: EpochMs, until: EpochMs }),
  z.object({
    status: z.literal('waiting'),
    startedAt: EpochMs,
    openedAt: count,
    for: z.enum(['signal', 'approval', 'callback']),
    name: z.string(),
    until: EpochMs.nullable(),
  }),
  z.object({ status: z.literal('open'), startedAt: EpochMs, iterations: IterationsSchema }),
  z.object({ status: z.literal('ready'), startedAt: EpochMs, attempt: count, childAt: count.exactOptional() }),
  z.object({
    status: z.literal('succeeded'),
    ...over,
    ports,
    overAt: count,
    outputAt: count,
    openedAt: count.exactOptional(),
  }),
  z.object({
    status: z.literal('failed'),
    ...over,
    ports,
    overAt: count,
    handled: z.enum(['fail', 'port', 'continue']),
    openedAt: count.exactOptional(),
    iterations: IterationsSchema.exactOptional(),
    childAt: count.exactOptional(),
  }),
  z.object({
    status: z.literal('cancelled'),
    ...over,
    iterations: IterationsSchema.exactOptional(),
    childAt: count.exactOptional(),
  }),
  z.object({ status: z.literal('skipped'), endedAt: EpochMs }),
])

const BatchChildSchema: z.ZodType<BatchChild> = z.object({
  requestAt: count,
  executionId: z.string().nullable(),
  undoable: count.nullable(),
})

const FoldedUnder = z.object({ rules: z.int() })

/** A state as it is kept beside the log, without what follows from the rest. The graph is not in it: the first event holds it. */
const StateSnapshot = FoldedUnder.extend({
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  position: count,
  executionId: z.string(),
  workflowId: z.string(),
  version: z.int(),
  triggerNode: NodeId,
  parent: Parent.nullable(),
  batch: StepKey.nullable(),
  startedAt: EpochMs,
  lastAt: EpochMs,
  endedAt: EpochMs.nullable(),
  endAt: count,
  deadlineAt: EpochMs,
  steps: mapOf<StepKey, StepState>(StepKey, StepStateSchema),
  arrivals: mapOf<StepKey, Arrivals>(StepKey, z.object({ taken: count, dead: count })),
  scopes: mapOf<ScopePath, Omit<ScopeState, 'active'>>(ScopePath, z.object({ startedAt: count, keeps: z.boolean() })),
  signals: mapOf<string, number[]>(z.string(), z.array(count)),
  signalIds: mapOf<string, true>(z.string(), z.literal(true)),
  callbacks: mapOf<StepKey, number>(StepKey, count),
  pause: z.object({ at: EpochMs, reason: PauseReason, timers: PauseTimers, isParents: z.boolean() }).nullable(),
  /** Newest first. */
  undoable: z.array(z.object({ step: StepKey, batch: BatchChildSchema.exactOptional() })),
  compensation: z.object({ cause: CompensationCause, steps: z.array(StepKey), done: count }).nullable(),
  notices: mapOf<string, Noted>(z.string(), z.object({ notice: Notice, notedAt: count })),
  heardAt: count,
  respondedAt: count,
  failedStep: StepKey.nullable(),
})
export type StateSnapshot = z.input<typeof StateSnapshot>

/** The state as JSON, equal for equal states. `rules` says which version of the engine folded it. */
export function snapshotOf(state: Started, rules: number): unknown {
  const { graph: _, active: _a, busy: _b, timers: _t, idle: _i, pending: _p, unknown: _u, ...rest } = state
  const scopes = [...state.scopes.entries()].map(([scope, { startedAt, keeps }]) => [scope, { startedAt, keeps }])
  return { rules, ...rest, scopes, undoable: listed(state.undoable) }
}

/** About how many entries a snapshot of the state has. It looks at the active steps only. */
export function snapshotSize({ steps, arrivals, scopes, active }: Started): number {
  let entries = steps.size + arrivals.size + scopes.size
  for (const step of active.keys()) {
    const current = steps.get(step)
    if (current?.status === 'open') entries += current.iterations.results.size
  }
  return entries
}

/** Null when the snapshot was folded under other rules: then the log is folded from its beginning. Throws when it is damaged. */
export function stateFrom(snapshot: unknown, graph: Graph, rules: number): Started | null {
  // The rules first: what was folded under others may have any shape.
  if (FoldedUnder.parse(snapshot).rules !== rules) return null
  const { rules: _, scopes, undoable, ...rest } = StateSnapshot.parse(snapshot)
  const open = [...scopes.entries()].map(([scope, opened]) => [scope, { ...opened, active: 0 }] as const)
  const draft: Draft = {
    ...rest,
    graph,
    scopes: PersistentMap.from(open),
    undoable: undoable.reduceRight<Undoable>((older, newer) => ({ ...newer, older }), null),
    active: PersistentMap.empty(),
    busy: PersistentMap.empty(),
    timers: Timers.none,
    idle: PersistentMap.from(open.map(([scope]) => [scope, true])),
    pending: PersistentMap.empty(),
    unknown: PersistentMap.empty(),
  }
  for (const [step, current] of rest.steps.entries()) index(draft, step, undefined, current)
  return draft
}

function listed(newest: Undoable): Omit<NonNullable<Undoable>, 'older'>[] {
  const steps: Omit<NonNullable<Undoable>, 'older'>[] = []
  for (let at = newest; at !== null; at = at.older) {
    const { older: _, ...undoable } = at
    steps.push(undoable)
  }
  return steps
}

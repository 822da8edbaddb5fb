import { canonicalJson } from '../../../runtime/engine/canonical.ts'
import { type ExecutionState, evolve, hasMore, initialState, nextWakeAt, rules } from '../../../runtime/engine/index.ts'
import { snapshotOf } from '../../../runtime/engine/snapshot.ts'
import { limits } from '../../../schemas/limits.ts'
import type { ExecutionRecord } from '../execution-record.ts'
import type { ExecutionServer } from '../execution-server.ts'
import type { SimulatedObject } from '../simulated-object.ts'
import type { Invariants } from './invariant.ts'

/** An execution's object after something was written there. */
export type Kept = {
  readonly record: ExecutionRecord
  readonly object: SimulatedObject<ExecutionServer>
  readonly now: number
  /** The row that was the last before, as it was and as it is. */
  readonly lastBefore: string | null
  readonly lastNow: string | null
}

export const executionInvariants: Invariants<Kept> = {
  'F1 the state in memory is the fold of the log': ({ record, object }) => {
    const live = object.server?.execution
    if (live === undefined || live.quarantine !== null) return true
    return areEqual(live.state ?? initialState(), record.state)
  },
  'T2 the alarm is set while something will be due, and only then': ({ record, object, now }) => {
    const { disk, bell, server } = object
    if (bell.isLost || bell.isRinging || disk.isAlarmTaken || isHalted(server)) return true
    const { state } = record
    const latestAlarm = latestAlarmFor(state, now)
    // After a fault of its storage an object comes again when that may be over.
    const hasDiskFailed = disk.failures > 0
    const graceMs = hasDiskFailed ? limits.againMaxMs : 1
    if (latestAlarm !== null) return isSet(disk.alarm, latestAlarm + graceMs) || (hasDiskFailed && server === null)
    // What is in flight may have a net under it.
    return disk.alarm === null || hasDiskFailed || (state.status === 'running' && state.busy.size > 0)
  },
  // Positions are dense, so a log that was rewritten shows at its end; the whole is compared when a seed is over.
  'L2 no row is changed or removed': ({ lastBefore, lastNow }) => lastBefore === lastNow,
}

export const wholeInvariants: Invariants<ExecutionRecord> = {
  'L2 no row was ever changed or removed': (record) => {
    const stored = record.storedRows()
    return stored.length === record.rows.length && stored.every((body, index) => body === record.rows[index])
  },
  'F2 the log folds to the same state in two pieces': ({ events, states }) => {
    const cut = Math.floor(events.length / 2)
    const folded = events.slice(cut).reduce<ExecutionState>(evolve, states[cut] ?? initialState())
    return areEqual(folded, states.at(-1) ?? initialState())
  },
}

/** Whether it waits for somebody, or for its storage. */
const isHalted = (server: ExecutionServer | null): boolean =>
  server !== null && (server.execution.quarantine !== null || server.execution.isInDoubt)

const isSet = (alarm: number | null, latest: number): boolean => alarm !== null && alarm <= latest

/** When the alarm must have come at the latest; null when nothing will be due. */
function latestAlarmFor(state: ExecutionState, now: number): number | null {
  if (state.status === 'not_started') return null
  const due = nextWakeAt(state)
  const moments = [
    ...(due === null ? [] : [hasMore(state) ? now + limits.netMs : Math.max(due, now)]),
    ...(state.notices.size === 0 ? [] : [now + limits.againMaxMs]),
  ]
  return moments.length === 0 ? null : Math.min(...moments)
}

function areEqual(one: ExecutionState, other: ExecutionState): boolean {
  if (one.status === 'not_started' || other.status === 'not_started') return one.status === other.status
  const [left, right] = [snapshotOf(one, rules), snapshotOf(other, rules)]
  // A state from a snapshot has its parts in another order.
  return JSON.stringify(left) === JSON.stringify(right) || canonicalJson(left) === canonicalJson(right)
}

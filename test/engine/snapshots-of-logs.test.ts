import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { decide, nextWakeAt, rules, type Started, statusOf } from '../../runtime/engine/index.ts'
import { snapshotOf, stateFrom } from '../../runtime/engine/snapshot.ts'
import { waitingFor } from '../../runtime/engine/status.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import { ExecutionEvent } from '../../schemas/execution-events.ts'
import { cancelAndUndo, pause, resume, retryExecution, signal } from '../support/commands.ts'
import { cancel, t0, wake } from '../support/events.ts'
import { asJson, fold, frozen, readFrom } from '../support/given.ts'

const folder = join(import.meta.dirname, '../schemas/published-events')
/** Between them they have a step in every state, and an execution, too. */
const logs = readdirSync(folder).map((name) => {
  const { log } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { log: unknown[] }
  return [name, log.map((event) => ExecutionEvent.parse(event))] as const
})
const later = t0 + 86_400_000
const commands: readonly ExecutionCommand[] = [
  wake(later),
  cancel(later),
  cancelAndUndo(later),
  pause(later),
  resume(later),
  retryExecution(later),
  signal({ who: 'Ada' }, { now: later }),
]

/** What follows from the steps and is not kept. */
const derived = (state: Started) => ({
  active: [...state.active.keys()],
  busy: [...state.busy.keys()],
  timers: state.timers.due(Number.MAX_SAFE_INTEGER),
  idle: [...state.idle.keys()],
  pending: [...state.pending.keys()],
  unknown: [...state.unknown.keys()],
  scopes: [...state.scopes.entries()],
  status: statusOf(state),
  waiting: waitingFor(state),
  nextWakeAt: nextWakeAt(state),
})

describe('a snapshot', () => {
  it.each(logs)('[SNP2] of any state of a log leads on as that does: %s', (_, log) => {
    for (const index of log.keys()) {
      const state = fold(log.slice(0, index + 1)) as Started
      const restored = stateFrom(JSON.parse(JSON.stringify(snapshotOf(state, rules))), state.graph, rules)
      if (restored === null) throw new Error('the snapshot was folded under these rules')
      expect(asJson(restored)).toEqual(asJson(state))
      expect(derived(restored)).toEqual(derived(state))
      // Between the events of one turn nothing is decided.
      if (log[index + 1]?.at === log[index]?.at) continue
      for (const command of commands) {
        const [expected, decided] = [state, frozen(restored)].map((from) => decide(command, from, readFrom(log)))
        expect(decided?.ok ? decided.events : decided).toEqual(expected?.ok ? expected.events : expected)
      }
    }
  })
})

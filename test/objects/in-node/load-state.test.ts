import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'

import { rules } from '../../../runtime/engine/decide.ts'
import { decide, type ExecutionState, evolve, initialState } from '../../../runtime/engine/index.ts'
import { snapshotOf } from '../../../runtime/engine/snapshot.ts'
import { loadState, readableEvents, stateAt } from '../../../runtime/objects/load-state.ts'
import type { EventLog } from '../../../runtime/storage/event-log.ts'
import { sqliteEventLog } from '../../../runtime/storage/sqlite-event-log.ts'
import type { ExecutionEvent } from '../../../schemas/execution-events.ts'
import { nodeSql } from '../../storage/node-sql.ts'
import { graphOf, make, nodeId, start } from '../../support/graphs.ts'

const t0 = 1_800_000_000_000
const graph = graphOf([start, make('one'), make('two'), make('three')], ['start -> one', 'one -> two', 'two -> three'])

/** The five events of a whole execution, in real SQLite. */
function world() {
  const database = new DatabaseSync(':memory:')
  const sql = nodeSql(database)
  const log = sqliteEventLog(sql)
  const decision = decide(
    {
      type: 'StartExecution',
      now: t0,
      executionId: 'execution',
      workflowId: 'orders',
      version: 1,
      contentHash: 'load-state',
      graph,
      triggerNode: nodeId('start'),
      trigger: { body: null },
    },
    initialState(),
    () => {
      throw new Error('the first turn reads nothing that was recorded before')
    },
  )
  if (!decision.ok) throw new Error('an empty log takes a start')
  log.append(decision.events, 0)
  const change = (query: string): void => database.exec(query)
  return { log, change, reopened: (): EventLog => sqliteEventLog(sql), events: decision.events }
}
const folded = (events: readonly ExecutionEvent[]): ExecutionState => events.reduce(evolve, initialState())
const json = (state: ExecutionState): unknown =>
  state.status === 'not_started' ? null : JSON.parse(JSON.stringify(snapshotOf(state, rules)))

describe('loading', () => {
  it('[OBJ5] an empty log is an execution that was not started', () => {
    expect(loadState(sqliteEventLog(nodeSql(new DatabaseSync(':memory:'))))).toEqual({
      state: initialState(),
      damage: null,
      snapshotAt: 0,
    })
  })

  it('[OBJ5] folds the log, and to the same state from a snapshot and its tail', () => {
    const { log, events, reopened } = world()
    expect(events).toHaveLength(5)
    const whole = loadState(reopened())
    expect([json(whole.state), whole.damage]).toEqual([json(folded(events)), null])
    for (const position of [1, 3, 5]) {
      const at = folded(events.slice(0, position))
      if (at.status !== 'not_started') log.saveSnapshot({ position, state: snapshotOf(at, rules) })
      expect(json(loadState(reopened()).state)).toEqual(json(whole.state))
      expect(json(stateAt(log, position))).toEqual(json(at))
    }
  })

  it('[OBJ5] a snapshot of other rules is passed over', () => {
    const { log, events, reopened } = world()
    const wrong = folded(events.slice(0, 2))
    if (wrong.status !== 'not_started')
      log.saveSnapshot({ position: 2, state: snapshotOf({ ...wrong, workflowId: 'other' }, rules + 1) })
    expect(json(loadState(reopened()).state)).toEqual(json(folded(events)))
  })
})

describe('damage', () => {
  const damages = {
    'text that is no JSON': 'UPDATE events SET body = substr(body, 1, 20) WHERE position = 3',
    'JSON that is no event': "UPDATE events SET body = '{}' WHERE position = 3",
    'an event that this code does not know':
      "UPDATE events SET body = replace(body, 'StepSucceeded', 'StepDreamt') WHERE position = 3",
    'a row that is gone': 'DELETE FROM events WHERE position = 3',
    'an event that cannot follow':
      'UPDATE events SET body = (SELECT body FROM events WHERE position = 1) WHERE position = 3',
  }
  for (const [name, query] of Object.entries(damages)) {
    it(`[OBJ6] ${name}: the state is that of the events before, and it is said why`, () => {
      const { change, reopened, events } = world()
      change(query)
      const { state, damage } = loadState(reopened())
      expect(damage).toMatch(/^the log did not verify after position 2: ./)
      expect(json(state)).toEqual(json(folded(events.slice(0, 2))))
    })
  }

  it('[OBJ6] a first event that cannot be read leaves nothing to fold', () => {
    const { change, reopened } = world()
    change("UPDATE events SET body = '{}' WHERE position = 1")
    const { state, damage } = loadState(reopened())
    expect([state, damage]).toEqual([initialState(), expect.stringContaining('after position 0')])
  })

  it('[OBJ6] a snapshot that cannot be read is damage, too', () => {
    const { log, change, reopened } = world()
    log.saveSnapshot({ position: 2, state: { position: 2 } })
    expect(loadState(reopened()).damage).toContain('at its beginning')
    change("UPDATE snapshots SET text = '{'")
    expect(loadState(reopened()).damage).toBe('the log did not verify at its beginning: a row is not JSON')
  })

  it('[OBJ6] what is said does not quote the row', () => {
    const { change, reopened } = world()
    change(`UPDATE events SET body = 'canary ' || body WHERE position = 3`)
    expect(loadState(reopened()).damage).not.toContain('canary')
  })

  it('[OBJ6] the events before the damage can still be read', () => {
    const { change, reopened } = world()
    change("UPDATE events SET body = '{}' WHERE position = 4")
    const positions = (after: number, limit: number) =>
      readableEvents(reopened(), after, limit, Number.POSITIVE_INFINITY).map(({ position }) => position)
    expect([positions(0, 10), positions(1, 2), positions(2, 10), positions(3, 10), positions(4, 10)]).toEqual([
      [1, 2, 3],
      [2, 3],
      [3],
      [],
      [5],
    ])
  })
})

import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'

import { outcomeOf } from '../../../runtime/objects/execution-calls.ts'
import type { Sql } from '../../../runtime/storage/sql.ts'
import { sqliteEventLog } from '../../../runtime/storage/sqlite-event-log.ts'
import { nodeSql, nodeTransaction } from '../../storage/node-sql.ts'
import { condition, graphOf, http, make, start } from '../../support/graphs.ts'
import { ExecutionWorld } from './execution-world.ts'

/** A log in real SQLite, and the statements that it was asked. */
function counted() {
  const database = new DatabaseSync(':memory:')
  const plain = nodeSql(database)
  const statements: string[] = []
  const sql: Sql = {
    exec: (query, ...bindings) => {
      statements.push(query.replace(/ *\(.*/s, ''))
      return plain.exec(query, ...bindings)
    },
  }
  const open = () => {
    const log = sqliteEventLog(sql)
    const transaction = <Result>(body: () => Result): Result => nodeTransaction(database, body, log.remember())
    return Object.assign(log, { transaction })
  }
  return { open, statements }
}

const calling = graphOf(
  [
    start,
    condition('route', { large: 'trigger.body == null' }),
    http('call'),
    make('shape', '{{ steps.call.output.status }}'),
    { id: 'reply', kind: 'respond', config: { body: '{{ steps.shape.output }}' } },
  ],
  ['start -> route', 'route.large -> call', 'call -> shape', 'shape -> reply'],
)

describe('what an execution costs', () => {
  it('[OBJ25] asks once whether anything is there, and reads nothing of what it writes', async () => {
    const { open, statements } = counted()
    const world = new ExecutionWorld(open)
    world.runner = async () => ({ ok: true, output: { status: 200 } })
    world.start(calling, 'what-it-costs')
    expect(await world.execution.reachedWithin('response', 5000)).toBe(true)
    expect(outcomeOf(world.execution)).toMatchObject({ status: 'succeeded', response: { body: { value: 200 } } })
    expect(statements).toEqual([
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
      'CREATE TABLE events',
      'INSERT INTO events VALUES',
      'INSERT INTO events VALUES',
    ])
    expect(world.commits).toBe(2)
  })
})

import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'

import { ExecutionStorage } from '../../../runtime/objects/execution-storage.ts'
import type { ObjectStorage } from '../../../runtime/objects/object-storage.ts'
import type { ExecutionEvent } from '../../../schemas/execution-events.ts'
import { nodeSql, nodeTransaction } from '../../storage/node-sql.ts'
import { t0 } from './execution-world.ts'

const resumed: ExecutionEvent = { type: 'ExecutionResumed', at: t0 }

describe('a turn', () => {
  it('[OBJ13] that breaks leaves the log where it was, also when the disk cannot be read any more', () => {
    const database = new DatabaseSync(':memory:')
    const sql = nodeSql(database)
    let isBroken = false
    const storage: ObjectStorage = {
      sql: {
        exec: (query, ...bindings) => {
          if (isBroken) throw new Error('the disk could not be read')
          return sql.exec(query, ...bindings)
        },
      },
      transactionSync: (body) => nodeTransaction(database, body, () => undefined),
      getAlarm: async () => null,
      setAlarm: async () => undefined,
      deleteAlarm: async () => undefined,
    }
    const { log, transaction } = new ExecutionStorage(storage, () => t0)
    transaction(() => log.append([resumed], 0))
    const breaking = () => {
      log.append([resumed, resumed], 1)
      isBroken = true
      throw new Error('the disk is full')
    }
    expect(() => transaction(breaking)).toThrow('the disk is full')
    expect(log.position).toBe(1)
  })
})

import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe } from 'vitest'

import { sqliteEventLog } from '../../runtime/storage/sqlite-event-log.ts'
import { eventLogContract } from './event-log-contract.ts'

describe('SQLite event log', () =>
  eventLogContract((test) =>
    runInDurableObject(env.EXECUTION.get(env.EXECUTION.newUniqueId()), (_object, { storage }) =>
      test({
        open: () => sqliteEventLog(storage.sql),
        transaction: (log, body) => {
          const recall = log.remember()
          try {
            return storage.transactionSync(body)
          } catch (error) {
            recall()
            throw error
          }
        },
        damage: (position, text) =>
          void storage.sql.exec('UPDATE events SET body = ? WHERE position = ?', text, position),
      }),
    ),
  ))

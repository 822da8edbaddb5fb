import { describe } from 'vitest'

import { inMemoryEventLog, memoryDisk } from '../../runtime/storage/in-memory-event-log.ts'
import { eventLogContract } from './event-log-contract.ts'

describe('in-memory event log', () =>
  eventLogContract(async (test) => {
    const disk = memoryDisk()
    test({
      open: () => inMemoryEventLog(disk),
      transaction: (_, body) => inMemoryEventLog(disk).transaction(body),
      damage: (position, text) => {
        disk.rows[position - 1] = text
      },
    })
  }))

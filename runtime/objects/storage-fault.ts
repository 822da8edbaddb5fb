import type { Sql } from '../storage/sql.ts'
import { faultOf } from './fault.ts'

const tryAgain = 'the storage did not answer, try again: '

/**
 * The storage did not do what it was asked. Nothing says that what it holds is wrong: the same may succeed when the
 * disk has room again, or answers. What was to be written is rolled back.
 */
export class StorageFault extends Error {
  override readonly name = 'StorageFault'
  constructor(cause: unknown) {
    super(`${tryAgain}${faultOf(cause)}`, { cause })
  }
}

/** Whether it is one, also when it comes from another object: of an error only the message crosses that way. */
export const isStorageFault = (error: unknown): boolean => error instanceof Error && error.message.includes(tryAgain)

/** The error of a storage call, as what it is: a fault, unless it says that the call, or what is stored, is wrong. */
export function faultOrBug(error: unknown): unknown {
  const isBug = error instanceof TypeError || (error instanceof Error && wrong.test(error.message))
  return isBug || isStorageFault(error) ? error : new StorageFault(error)
}

/** SQLite's own codes, with which the platform ends its messages. */
const wrong = /SQLITE_(CORRUPT|NOTADB|CONSTRAINT|ERROR|MISMATCH|MISUSE|RANGE|SCHEMA|TOOBIG)/

/** The same calls, whose faults are told apart from bugs. */
export const withFaults = (sql: Sql): Sql => ({
  exec(query, ...bindings) {
    const cursor = answered(() => sql.exec<never>(query, ...bindings))
    return { toArray: () => answered(() => cursor.toArray()) }
  },
})

function answered<Result>(call: () => Result): Result {
  try {
    return call()
  } catch (error) {
    throw faultOrBug(error)
  }
}

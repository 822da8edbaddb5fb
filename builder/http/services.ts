import type { Database } from '../db/database.ts'
import type { Projector } from '../projections/projector.ts'
import type { RuntimeClient } from '../runtime-client.ts'

/** The world of the routes. */
export type Services = {
  readonly db: Database
  readonly runtime: RuntimeClient
  readonly projector: Projector
  readonly adminToken: string | undefined
  readonly now: () => number
  /** A fresh id that sorts after the ones before it. */
  readonly newId: () => string
}

import type { ObjectStorage } from '../../runtime/objects/object-storage.ts'
import { AlarmBell } from './alarm-bell.ts'
import { Disk } from './disk.ts'
import { Incarnation, ObjectReset } from './incarnation.ts'
import type { Platform } from './platform.ts'

/** What every object has beside its own methods. */
export interface Served {
  /** What its constructor starts before anything is delivered: `blockConcurrencyWhile`. */
  ready(): Promise<void>
  alarm(): Promise<void>
}

export type Opening<Server> = (incarnation: Incarnation, storage: ObjectStorage) => Server

type Life<Server> = { readonly incarnation: Incarnation; readonly server: Server; readonly isReady: Promise<void> }

/** A Durable Object: its storage, its alarm, and at most one life of it that others reach. */
export class SimulatedObject<Server extends Served> {
  readonly name: string
  readonly disk: Disk
  readonly bell: AlarmBell
  readonly #platform: Platform
  readonly #open: Opening<Server>
  #life: Life<Server> | null = null

  constructor(platform: Platform, name: string, open: Opening<Server>) {
    this.name = name
    this.#platform = platform
    this.#open = open
    this.disk = new Disk(name, platform.faults, () => this.bell.changed())
    this.bell = new AlarmBell(platform, this)
  }

  /** The life that others reach now. */
  get server(): Server | null {
    return this.#life?.incarnation.isLive ? this.#life.server : null
  }

  get incarnation(): Incarnation | null {
    return this.#life?.incarnation.isLive ? this.#life.incarnation : null
  }

  /** The process ends; what was only in memory is gone. */
  kill(): void {
    this.#life?.incarnation.end()
    this.#life = null
  }

  /** Another life begins with the next call, while this one does not know it yet. */
  replace(): void {
    this.#life?.incarnation.replace()
    this.#life = null
  }

  async deliver<Result>(work: (server: Server) => Result | Promise<Result>): Promise<Result> {
    const { incarnation, server, isReady } = this.#loaded()
    return incarnation.carryOut(async () => {
      await isReady
      return work(server)
    })
  }

  #loaded(): Life<Server> {
    if (this.#life?.incarnation.isLive) return this.#life
    if (this.#platform.faults.strikes('load fails', this.name)) throw new ObjectReset()
    const incarnation = new Incarnation(this.name)
    const server = this.#open(incarnation, this.disk.openFor(incarnation))
    // One that cannot be made ready is reset.
    const isReady = server.ready().catch(() => incarnation.crash())
    this.#life = { incarnation, server, isReady }
    return this.#life
  }
}

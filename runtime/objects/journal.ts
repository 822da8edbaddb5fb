import type { ExecutionReport } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import type { KeptStart, NewDelivery } from '../storage/workflow-store.ts'
import { faultOf } from './fault.ts'
import type { Outbox } from './outbox.ts'
import type { WorkflowPorts } from './workflow-ports.ts'

export type JournalEntry = {
  readonly delivery?: NewDelivery
  readonly start?: KeptStart
  readonly report?: ExecutionReport
}

/**
 * What a workflow object has to write. A commit costs two fsyncs, and a busy hook has many requests
 * at once, so rows that are there at the same time share one. `write` resolves when its rows are
 * committed; `writeSoon` lets them wait a little, for what can be asked for again.
 */
export class Journal {
  readonly #ports: WorkflowPorts
  readonly #outbox: Outbox
  #entries: JournalEntry[] = []
  /** Those who wait for the next commit. */
  #writers: PromiseWithResolvers<void> | null = null
  #isTimed = false
  #hintedAt = 0

  constructor(ports: WorkflowPorts, outbox: Outbox) {
    this.#ports = ports
    this.#outbox = outbox
  }

  /** `gatherMs`: how long the commit may wait for others to join it. */
  write(entry: JournalEntry, gatherMs = 0): Promise<void> {
    this.#entries.push(entry)
    if (this.#writers === null) {
      this.#writers = Promise.withResolvers<void>()
      this.#ports.after(gatherMs, () => this.settle())
    }
    return this.#writers.promise
  }

  writeSoon(entry: JournalEntry): void {
    this.#entries.push(entry)
    if (this.#isTimed) return
    this.#isTimed = true
    this.#ports.after(limits.reportFlushMs, () => {
      this.#isTimed = false
      this.settle()
    })
  }

  /** Writes all that waits to be written, so that who reads now reads all that has arrived. Who waits for it hears what came of it. */
  settle(): void {
    const writers = this.#writers
    this.#writers = null
    try {
      this.#flush()
      writers?.resolve()
    } catch (error) {
      if (writers !== null) writers.reject(error)
      else this.#ports.reportFault(`reports were not written and will be asked for: ${faultOf(error)}`)
    }
  }

  #flush(): void {
    const entries = this.#entries
    this.#entries = []
    if (entries.length === 0) return
    const { store } = this.#ports
    const now = this.#ports.now()
    const reports = entries.flatMap(({ report }) =>
      report === undefined ? [] : [{ report, checkAt: checkAt(report, now) }],
    )
    this.#ports.transaction(() => {
      this.#outbox.noteFailures(reports.map(({ report }) => report))
      store.write(
        {
          deliveries: entries.flatMap(({ delivery }) => (delivery === undefined ? [] : [delivery])),
          starts: entries.flatMap(({ start }) => (start === undefined ? [] : [start])),
          reports,
        },
        now,
      )
      this.#ports.wakeBy(earliest(reports))
    })
    this.#outbox.tellNews()
    if (now - this.#hintedAt < limits.hintMs) return
    this.#hintedAt = now
    this.#ports.hint()
  }
}

/** When an execution is asked if nothing more was heard of it: some time after it meant to wake; never, once it has ended and has nothing to tell. */
export function checkAt({ status, wakeAt, startedAt }: ExecutionReport, now: number): number | null {
  // It may be that newer code can read what this code cannot.
  if (status === 'quarantined') return now + limits.quarantineAskMs
  const isOver = status !== 'running' && status !== 'waiting' && status !== 'paused'
  if (isOver && wakeAt === undefined) return null
  // What waits for somebody does nothing that a crash could interrupt: only its report may have been lost.
  const mostMs = status !== 'running' && wakeAt === undefined ? limits.sweepIdleMaxMs : limits.sweepMaxMs
  // A clock that was put back must not make everybody ask without a pause until it is where it was.
  const patienceMs = Math.min(Math.max(Math.abs(now - startedAt), limits.sweepMinMs), mostMs)
  return Math.max(wakeAt ?? now, now) + patienceMs
}

/** The alarm already comes for the rows that were there before. */
function earliest(reports: readonly { readonly checkAt: number | null }[]): number | null {
  const instants = reports.flatMap(({ checkAt: at }) => (at === null ? [] : [at]))
  return instants.length === 0 ? null : Math.min(...instants)
}

import { executionReport } from '../../runtime/objects/execution-view.ts'
import type { ExecutionReport } from '../../schemas/api/executions.ts'
import type { Bus } from './bus.ts'
import type { ExecutionRecord } from './execution-record.ts'
import type { Pulled } from './invariants/deliveries.ts'
import type { SimulatedObject } from './simulated-object.ts'
import type { WorkflowServer } from './workflow-server.ts'

type Row = { readonly report: ExecutionReport; readonly change: number }

/** What the builder keeps of one workflow: it asks for what changed, and remembers how far it has read. */
export class Projection {
  readonly rows = new Map<string, Row>()
  readonly #workflow: SimulatedObject<WorkflowServer>
  readonly #records: ReadonlyMap<string, ExecutionRecord>
  readonly #onRow: (pulled: Pulled) => void
  #cursor = 0

  constructor(
    workflow: SimulatedObject<WorkflowServer>,
    records: ReadonlyMap<string, ExecutionRecord>,
    onRow: (pulled: Pulled) => void,
  ) {
    this.#workflow = workflow
    this.#records = records
    this.#onRow = onRow
  }

  get workflow(): string {
    return this.#workflow.name
  }

  /** One page; how many rows it brought. */
  async pull(bus: Bus, limit: number): Promise<number> {
    const { changes } = await bus.call(null, this.#workflow, 'changes', this.#cursor, limit)
    for (const { change, report } of changes) {
      // Two pulls may be under way at once; the slower brings what is known.
      const before = this.rows.get(report.id)
      if (before !== undefined && before.change > change) continue
      const length = this.#records.get(report.id)?.rows.length ?? 0
      this.#onRow({ report, change, before, length, expected: this.#expected(report) })
      this.rows.set(report.id, { report, change })
      this.#cursor = Math.max(this.#cursor, change)
    }
    return changes.length
  }

  /** Null for rows that the execution did not write itself: that it is about to start, that it never did, or that its log is not trusted. */
  #expected({ id, position, status, error }: ExecutionReport): ExecutionReport | null {
    if (position === 0 || status === 'quarantined' || error?.code === 'never_started') return null
    const record = this.#records.get(id)
    const state = record?.states[position]
    if (record === undefined || state === undefined || state.status === 'not_started') return null
    return executionReport(state, (at) => record.events[at - 1] ?? unread(at))
  }
}

function unread(position: number): never {
  throw new RangeError(`the log has no position ${position}`)
}

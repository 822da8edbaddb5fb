import { ExecutionStatus } from '../../schemas/api/executions.ts'
import { ExecutionEvent } from '../../schemas/execution-events.ts'
import { type DailyFault, faultNames } from './faults.ts'
import { operationTypes } from './operations.ts'

/** What a log says of its execution: quarantine is not in it, and comes and goes with the object's memory. */
const statuses = ['not_started', ...ExecutionStatus.options.filter((status) => status !== 'quarantined')]

type Reach = { readonly statuses: readonly string[]; readonly because: string }
const sending: Reach = {
  statuses: ['running'],
  because: 'an execution with an attempt on its way runs; another status comes only with the same turn',
}
const begun: Reach = {
  statuses: statuses.filter((status) => status !== 'not_started'),
  because: 'an execution that has not begun has no alarm, and nothing that it could go on after',
}

/** Faults that executions in some statuses cannot meet, or only by chance. The others meet all. */
const reaches: Partial<Record<DailyFault, Reach>> = {
  'alarm early': begun,
  'alarm late': begun,
  'alarm twice': begun,
  'alarm lost': begun,
  'alarm forgotten': begun,
  'alarm handler killed': begun,
  'object killed': begun,
  'object replaced': begun,
  'endpoint fails': sending,
  'endpoint refuses': sending,
  'endpoint hangs': sending,
  'endpoint answers late': sending,
  'endpoint resets': sending,
  'endpoint kills': sending,
  'runner stuck': sending,
}

/** How often each thing that should be met was met. */
export class Coverage {
  readonly counts = new Map<string, number>()

  count(cell: string, times = 1): void {
    this.counts.set(cell, (this.counts.get(cell) ?? 0) + times)
  }

  /** Cells that a long run must not leave empty. */
  empty(): readonly string[] {
    return cells().filter((cell) => !this.counts.has(cell))
  }
}

/** Of the operation that damages rows: it found one. */
export const damagedRow = 'a row was damaged'

/** The cell of a fault that met an execution in a status. */
export const pairOf = (status: string, fault: string): string => `${status} × ${fault}`

const eventTypes = ExecutionEvent.options.map(({ shape }) => shape.type.value)

export const cells = (): readonly string[] => [
  ...eventTypes.map((type) => `event ${type}`),
  ...faultNames.map((fault) => `fault ${fault}`),
  ...faultNames.flatMap((fault) => (reaches[fault]?.statuses ?? statuses).map((status) => pairOf(status, fault))),
  ...operationTypes.map((type) => `operation ${type}`),
  damagedRow,
]

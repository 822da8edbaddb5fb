import { ExecutionEvent } from '../../schemas/execution-events.ts'
import { faultNames } from './faults.ts'
import { operationTypes } from './operations.ts'

/** How often each thing that should be met was met. */
export class Coverage {
  readonly counts = new Map<string, number>()

  count(cell: string): void {
    this.counts.set(cell, (this.counts.get(cell) ?? 0) + 1)
  }

  /** Cells that a long run must not leave empty. */
  empty(): readonly string[] {
    return cells().filter((cell) => !this.counts.has(cell))
  }
}

const eventTypes = ExecutionEvent.options.map(({ shape }) => shape.type.value)

export const cells = (): readonly string[] => [
  ...eventTypes.map((type) => `event ${type}`),
  ...faultNames.map((fault) => `fault ${fault}`),
  ...operationTypes.map((type) => `operation ${type}`),
]

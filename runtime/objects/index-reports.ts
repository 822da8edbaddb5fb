import type { ExecutionReport } from '../../schemas/api/executions.ts'
import type { Started } from '../engine/index.ts'
import { reportKey } from './execution-view.ts'

/** What the workflow's index is told. A list shows a status, so only changes of it are. */
export class IndexReports {
  readonly #send: (report: ExecutionReport) => void
  #told = ''

  constructor(send: (report: ExecutionReport) => void) {
    this.#send = send
  }

  /** Whoever is answered takes this to the index. */
  toldBy(state: Started | null): void {
    this.#told = keyOf(state)
  }

  /** Something has happened. */
  change(state: Started | null, report: () => ExecutionReport | null): void {
    if (keyOf(state) === this.#told) return
    this.toldBy(state)
    this.tell(report())
  }

  tell(report: ExecutionReport | null): void {
    if (report !== null) this.#send(report)
  }
}

const keyOf = (state: Started | null): string => (state === null ? '' : reportKey(state))

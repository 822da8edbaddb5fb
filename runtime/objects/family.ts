import type { EpochMs } from '../../schemas/time.ts'
import type { Started } from '../engine/index.ts'
import { childOf, type Noted } from '../engine/notices.ts'
import type { Execution } from './execution.ts'
import type { ExecutionPorts } from './execution-ports.ts'
import { faultOf } from './fault.ts'
import { Notices } from './notices.ts'
import type { Hearing } from './relatives.ts'
import { tellParent, tellRelative } from './tell-relative.ts'

type Member = Pick<Execution, 'state' | 'quarantine' | 'inspect' | 'view' | 'handle'>
type Ports = Pick<ExecutionPorts, 'now' | 'relatives' | 'keepAlive' | 'reportFault'>

/** What an execution has to tell its parent and its children. An execution that has neither pays nothing for it. */
export class Family {
  readonly #execution: Member
  readonly #ports: Ports
  readonly #notices: Notices

  constructor(execution: Member, ports: Ports) {
    this.#execution = execution
    this.#ports = ports
    this.#notices = new Notices({
      tell: (to, noted) => this.#tell(to, noted),
      heard: (to, noted) => this.#heard(to, noted),
      isFree: () => this.attend(ports.now()),
      keepAlive: (work) => ports.keepAlive(work),
      reportFault: (message) => ports.reportFault(message),
    })
  }

  /** When the alarm must come for what is not heard by then; null when there is nothing to tell. */
  tellAt(state: Started): EpochMs | null {
    return this.#notices.nextAt(state)
  }

  /** Tells what has not been heard. */
  attend(now: EpochMs): void {
    const { state, quarantine } = this.#execution
    if (state !== null && quarantine === null) this.#notices.attend(state, now)
  }

  /** A parent that waits is told that the log of its child cannot be read. No log holds this, so it is tried once whenever it is found out. */
  tellQuarantine(): void {
    const { state } = this.#execution
    const view = this.#execution.view()
    if (state?.parent?.isAwaited !== true || state.status !== 'running' || view === null) return
    const told = tellParent(state, view, this.#ports.relatives).then(
      () => undefined,
      (error) => this.#ports.reportFault(`the parent did not hear of the quarantine: ${faultOf(error)}`),
    )
    this.#ports.keepAlive(told)
  }

  async #tell(to: string, noted: Noted): Promise<Hearing> {
    const { relatives } = this.#ports
    const call = this.#execution.inspect((state, read) => tellRelative(state, read, relatives, to, noted))
    return call ?? 'not_yet'
  }

  #heard(to: string, noted: Noted): void {
    const child = childOf(to)
    const addressee = child === null ? {} : { child }
    this.#execution.handle({ type: 'DeliverNotice', now: this.#ports.now(), ...noted, ...addressee })
  }
}

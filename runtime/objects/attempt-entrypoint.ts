import { WorkerEntrypoint } from 'cloudflare:workers'

import type { Attempt, AttemptOutcome } from '../steps/step-runner.ts'
import { httpRunnerFor } from './runners.ts'

/** Carries out one http attempt in an invocation of its own, for an execution that has many at once. Only our own objects reach it. */
export class AttemptEntrypoint extends WorkerEntrypoint<Env> {
  carryOut(attempt: Attempt): Promise<AttemptOutcome> {
    return httpRunnerFor(this.env)(attempt, new AbortController().signal)
  }
}

import type { EventOf, Failure, StepRequest } from '../../schemas/execution-events.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { Scope } from '../expression/index.ts'

type Recorded = EventOf<'StepSucceeded'>

/** What a computed step came to. `ends` fails the execution whatever the node's `onError` says. */
export type Computed =
  | {
      readonly ok: true
      readonly output: unknown
      readonly ports: readonly string[]
      readonly decision?: Recorded['decision']
      readonly response?: Recorded['response']
    }
  | { readonly ok: false; readonly failure: Failure; readonly ends?: true }

/** A node made ready to execute: its texts compiled, its config parsed. */
export type NodeProgram =
  | { readonly role: 'trigger' }
  | { readonly role: 'compute'; compute(scope: Scope, input: () => unknown): Computed }
  | {
      readonly role: 'act'
      request(
        scope: Scope,
        input: () => unknown,
      ): { readonly ok: true; readonly request: StepRequest } | { readonly ok: false; readonly failure: Failure }
    }
  | {
      readonly role: 'wait'
      until(
        scope: Scope,
        now: EpochMs,
      ): { readonly ok: true; readonly until: EpochMs } | { readonly ok: false; readonly failure: Failure }
    }

export const expressionFailed = (message: string): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: { code: 'expression_failed', message },
})

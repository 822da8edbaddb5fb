import type { EventOf, Failure, StepRequest } from '../../schemas/execution-events.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { Evaluation, Expression, Scope } from '../expression/index.ts'

type Recorded = EventOf<'StepSucceeded'>
type Failed = { readonly ok: false; readonly failure: Failure }

/** What a computed step came to. `ends` fails the execution whatever the node's `onError` says. */
export type Computed =
  | {
      readonly ok: true
      readonly output: unknown
      readonly ports: readonly string[]
      readonly decision?: Recorded['decision']
      readonly response?: Recorded['response']
    }
  | (Failed & { readonly ends?: true })

/** What a step begins to wait for. */
export type Opened = Pick<EventOf<'WaitStarted'>, 'for' | 'name' | 'until' | 'message' | 'form'>

/** A rule that decides, with its text for the record. */
export type Rule = { readonly text: string; evaluate(scope: Scope): Evaluation }

/** A node made ready to execute: its texts compiled, its config parsed. */
export type NodeProgram =
  /** `filter`: what an event must be like to start an execution. */
  | { readonly role: 'trigger'; readonly filter?: Expression }
  | { readonly role: 'compute'; compute(scope: Scope, input: () => unknown): Computed }
  | {
      readonly role: 'act'
      request(scope: Scope, input: () => unknown): { readonly ok: true; readonly request: StepRequest } | Failed
    }
  | {
      readonly role: 'delay'
      until(scope: Scope, now: EpochMs): { readonly ok: true; readonly until: EpochMs } | Failed
    }
  | {
      readonly role: 'wait'
      open(scope: Scope, now: EpochMs): { readonly ok: true; readonly opened: Opened } | Failed
      /** Which signals it takes; null for all of its name. */
      readonly match: Rule | null
    }
  | {
      readonly role: 'each'
      readonly concurrency: number
      readonly onItemError: 'fail' | 'continue'
      items(scope: Scope): { readonly ok: true; readonly items: readonly unknown[] } | Failed
      /** What is kept of an iteration, read in its scope; null for the output of its last step. */
      readonly collect: ((scope: Scope) => Evaluation) | null
    }
  | {
      readonly role: 'repeat'
      readonly maxIterations: number
      readonly while: Rule
      /** The rule reads steps of an iteration, so the first one begins without it. */
      readonly readsInside: boolean
    }

export const expressionFailed = (message: string): Failed => ({
  ok: false,
  failure: { code: 'expression_failed', message },
})

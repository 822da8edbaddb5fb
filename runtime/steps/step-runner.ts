import type { Failure, LinkHandle, StepRequest } from '../../schemas/execution-events.ts'
import type { Node } from '../../schemas/graph.ts'

/** One attempt of an acting step. `request` holds handles where secrets go. */
export type Attempt = {
  /** As it was published: what of its config is the same for every execution need not be in the request. */
  readonly node: Node
  readonly request: StepRequest
  readonly idempotencyKey: string
  /** Milliseconds this attempt may take. */
  readonly timeoutMs: number
}

/** `notBefore` is epoch milliseconds, from `Retry-After`. */
export type AttemptOutcome =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly failure: Failure; readonly retryable: boolean; readonly notBefore?: number }

/** Takes a request, touches the world, returns a result. Never throws: what goes wrong is a failure. Aborts when `signal` does. */
export type StepRunner = (attempt: Attempt, signal: AbortSignal) => Promise<AttemptOutcome>

/** A secret's value with the hosts it may go to. It lives for the length of one request. */
export type OpenedSecret = { readonly value: string; readonly hosts: readonly string[] }

/** Opens secrets by name, at the last moment. A name that does not exist is absent from the answer. Throws `SecretsUnavailable`. */
export type OpenSecrets = (names: readonly string[]) => Promise<ReadonlyMap<string, OpenedSecret>>

/** `signature`: the part of the URL without which the rest is worth nothing. */
export type Link =
  | { readonly ok: true; readonly url: string; readonly signature: string }
  /** The message says what to set. */
  | { readonly ok: false; readonly message: string }

/** Makes the URL by which a wait is answered, at the last moment: the same whenever it is asked. */
export type MakeLink = (handle: LinkHandle) => Promise<Link>

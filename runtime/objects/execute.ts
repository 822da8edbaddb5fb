import { limits } from '../../schemas/limits.ts'
import type { PublishedVersion } from './published-version.ts'
import type { Started, Starts } from './starts.ts'

/** `fingerprint` identifies the input, so that a key used again for another input is found out; without a key it is empty. */
export type ExecuteRequest = {
  readonly input: unknown
  readonly idempotencyKey: string | null
  readonly fingerprint: string
  /** Milliseconds to wait for the end; 0: not at all. */
  readonly waitMs: number
}

export type StartOutcome =
  | Started
  | { readonly type: 'no_manual_trigger' }
  | { readonly type: 'input_invalid'; readonly issues: readonly { readonly path: string; readonly message: string }[] }

/** Starts the active version by its manual trigger. */
export async function execute(
  { input, idempotencyKey, fingerprint, waitMs }: ExecuteRequest,
  active: PublishedVersion,
  starts: Starts,
): Promise<StartOutcome> {
  const manual = active.manual()
  if (manual === null) return { type: 'no_manual_trigger' }
  const checked = manual.input?.safeParse(input)
  if (checked !== undefined && !checked.success) {
    return {
      type: 'input_invalid',
      issues: checked.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
    }
  }
  const wait = waitMs === 0 ? null : ({ milestone: 'end', ms: waitMs } as const)
  const start = { triggerNode: manual.nodeId, trigger: { body: input }, wait }
  if (idempotencyKey === null) return starts.fresh(start, active)
  return starts.once(start, active, { key: `execute ${idempotencyKey}`, fingerprint, keepMs: limits.idempotencyMs })
}

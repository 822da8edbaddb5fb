import { limits } from '../../schemas/limits.ts'
import { canonicalJson } from '../engine/canonical.ts'
import {
  deliveryRow,
  type HookRequest,
  type HookTrigger,
  methodRefusal,
  type Refusal,
  triggerFrom,
  verificationRefusal,
} from './delivery.ts'
import type { Journal } from './journal.ts'
import type { Hook, PublishedVersion } from './published-version.ts'
import type { Outcome } from './start.ts'
import type { DeliveryOf, Started, Starts } from './starts.ts'
import type { WorkflowPorts } from './workflow-ports.ts'

export type DeliveryAnswer =
  | { readonly type: 'unknown' }
  | ({ readonly type: 'refused'; readonly allow?: readonly string[] } & Refusal)
  | { readonly type: 'filtered' }
  /** `outcome` is null when the hook answers at once, or the execution was not fast enough. */
  | { readonly type: 'accepted' | 'duplicate'; readonly executionId: string; readonly outcome: Outcome | null }

/** Takes one request at a hook through its checks. Whatever comes of it is in the delivery log before the sender is told. */
export async function deliver(
  request: HookRequest,
  nodeId: string,
  active: PublishedVersion,
  starts: Starts,
  ports: WorkflowPorts,
  journal: Journal,
): Promise<DeliveryAnswer> {
  const hook = active.hook(nodeId)
  // A trigger that the active version no longer has: the URL is kept, in case the trigger comes back.
  if (hook === null) return { type: 'unknown' }
  const refuse = async (refusal: Refusal): Promise<DeliveryAnswer> => {
    const { code, reason } = refusal
    await journal.write({
      delivery: deliveryRow(request, hook.config, ports.now(), { verdict: 'refused', code, reason }),
    })
    return { type: 'refused', ...refusal, ...(refusal.status === 405 ? { allow: hook.config.methods } : {}) }
  }

  const refusal = methodRefusal(request, hook.config) ?? (await verificationRefusal(request, hook.config, ports.verify))
  if (refusal !== null) return refuse(refusal)
  const parsed = triggerFrom(request, hook.config)
  if (!parsed.ok) return refuse(parsed.refusal)
  const { trigger } = parsed

  const filtered = hook.filter?.evaluate({ trigger })
  if (filtered !== undefined && !filtered.ok)
    return refuse({ status: 422, code: 'filter_failed', reason: filtered.failure.message })
  if (filtered !== undefined && filtered.value !== true) {
    await journal.write({
      delivery: deliveryRow(request, hook.config, ports.now(), {
        verdict: 'filtered',
        reason: `the filter was false: ${hook.filter?.source}`,
      }),
    })
    return { type: 'filtered' }
  }
  return startFrom(request, hook, trigger, active, starts, ports, refuse)
}

async function startFrom(
  request: HookRequest,
  hook: Hook,
  trigger: HookTrigger,
  active: PublishedVersion,
  starts: Starts,
  ports: WorkflowPorts,
  refuse: (refusal: Refusal) => Promise<DeliveryAnswer>,
): Promise<DeliveryAnswer> {
  const { respond, waitMs } = hook.config
  const wait = respond === 'result' ? ({ milestone: 'response', ms: waitMs } as const) : null
  const start = { triggerNode: hook.nodeId, trigger, wait }
  const rowFor: DeliveryOf = (verdict, executionId) =>
    deliveryRow(request, hook.config, ports.now(), { verdict, executionId })

  const dedupe = hook.dedupe?.evaluate({ trigger })
  if (dedupe === undefined) {
    const started = await starts.fresh(start, active, rowFor)
    return { type: 'accepted', executionId: started.executionId, outcome: outcomeOf(started) }
  }
  if (!dedupe.ok) return refuse({ status: 422, code: 'dedupe_failed', reason: dedupe.failure.message })
  const key = ports.sha256(canonicalJson(dedupe.value))
  // The same key with another body is the same event told again: what it starts was started.
  const once = { key: `delivery ${hook.nodeId} ${key}`, fingerprint: key, keepMs: limits.dedupeMs }
  const started = await starts.once(start, active, once, rowFor)
  const type = started.type === 'started' ? 'accepted' : 'duplicate'
  return { type, executionId: started.executionId, outcome: outcomeOf(started) }
}

const outcomeOf = (started: Started): Outcome | null => (started.type === 'conflict' ? null : started.outcome)

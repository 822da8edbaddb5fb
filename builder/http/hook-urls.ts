import type { Context } from 'hono'

import type { HookRef } from '../../schemas/api/runtime.ts'
import type { Hook } from '../../schemas/api/workflows.ts'

/** Hooks with their absolute URLs, on the origin the caller knows us by. */
export const hooksWithUrls = (c: Context, hooks: readonly HookRef[]): Hook[] => {
  const { origin } = new URL(c.req.url)
  return hooks.map(({ nodeId, hookId }) => ({ nodeId, hookId, url: `${origin}/actions/webhook/${hookId}` }))
}

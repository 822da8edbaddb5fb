import type { RuntimeApi } from '../schemas/api/runtime.ts'

/** What `builder/wrangler.toml` binds. */
export type BuilderEnv = {
  readonly DB: D1Database
  /** The runtime's named entrypoint. */
  readonly RUNTIME: RuntimeApi
  /** Bearer token of the administrator. Without it every route but health refuses. */
  readonly ADMIN_TOKEN?: string
}

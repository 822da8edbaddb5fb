import { waitUntil } from 'cloudflare:workers'
import { ulid } from 'ulid'
import { z } from 'zod'

import type { ChangedHint } from '../schemas/api/runtime.ts'
import type { BuilderEnv } from './builder-env.ts'
import { openDatabase } from './db/database.ts'
import { createApp } from './http/app.ts'
import type { Services } from './http/services.ts'
import { Projector } from './projections/projector.ts'
import { runtimeClient } from './runtime-client.ts'

const Hint = z.object({ workflowId: z.string().min(1).max(200) }) satisfies z.ZodType<ChangedHint>

/** Bindings live as long as the isolate, and so does what is built on them. */
const open = (env: BuilderEnv) => {
  const world = {
    db: openDatabase(env.DB),
    runtime: runtimeClient(env.RUNTIME),
    now: () => Date.now(),
    background: waitUntil,
  }
  const services: Services = {
    ...world,
    projector: new Projector(world),
    adminToken: env.ADMIN_TOKEN,
    newId: () => ulid().toLowerCase(),
  }
  return { projector: services.projector, app: createApp(services) }
}
let opened: ReturnType<typeof open> | undefined
const builder = (env: BuilderEnv) => {
  opened ??= open(env)
  return opened
}

export default {
  fetch: (request, env, context) => builder(env).app.fetch(request, env, context),

  /** Hints that workflows changed. The tick finds what a lost one would have told, so none is ever retried. */
  async queue(batch, env) {
    const hints = batch.messages.flatMap(({ body }) => {
      const hint = Hint.safeParse(body)
      if (!hint.success) console.error('a message is not a hint of a change', hint.error)
      return hint.success ? [hint.data.workflowId] : []
    })
    await builder(env).projector.pullHinted(hints)
  },

  scheduled: (_event, env) => builder(env).projector.tick(),
} satisfies ExportedHandler<BuilderEnv, unknown>

import builder from '../../builder/worker.ts'
import runtime from '../../runtime/worker.ts'

export {
  AttemptEntrypoint,
  ExecutionObject,
  ProjectObject,
  RuntimeEntrypoint,
  VaultObject,
  WorkflowObject,
} from '../../runtime/worker.ts'

/** One origin, as the server's door makes it. */
export default {
  ...builder,
  fetch: (request, env, context) =>
    new URL(request.url).pathname.startsWith('/actions/')
      ? runtime.fetch(request, env, context)
      : builder.fetch(request, env, context),
} satisfies ExportedHandler<Env & Parameters<typeof builder.fetch>[1]>

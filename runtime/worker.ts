import { createApp } from './http/app.ts'

export { AttemptEntrypoint } from './objects/attempt-entrypoint.ts'
export { ExecutionObject } from './objects/execution-object.ts'
export { ProjectObject } from './objects/project-object.ts'
export { VaultObject } from './objects/vault-object.ts'
export { WorkflowObject } from './objects/workflow-object.ts'
export { RuntimeEntrypoint } from './runtime-entrypoint.ts'

const app = createApp()

export default { fetch: (request, env, context) => app.fetch(request, env, context) } satisfies ExportedHandler<Env>

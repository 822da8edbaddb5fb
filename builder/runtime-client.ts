import type { RuntimeApi } from '../schemas/api/runtime.ts'

/** The builder's only way to the runtime. Every method may throw `RuntimeUnavailable`, and nothing else. */
export type RuntimeClient = RuntimeApi

/** The runtime did not answer. What was asked of it may or may not have happened. */
export class RuntimeUnavailable extends Error {
  override readonly name = 'RuntimeUnavailable'
  constructor(method: string, cause: unknown) {
    super(`the runtime did not answer ${method}`, { cause })
  }
}

/** Wraps the service binding, so that whatever goes wrong on the way has one name. */
export function runtimeClient(binding: RuntimeApi): RuntimeClient {
  const ask = async <Answer>(method: keyof RuntimeApi, call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await call()
    } catch (cause) {
      throw new RuntimeUnavailable(method, cause)
    }
  }
  return {
    publish: (workflowId, graph) => ask('publish', () => binding.publish(workflowId, graph)),
    problems: (graph) => ask('problems', () => binding.problems(graph)),
    workflow: (workflowId) => ask('workflow', () => binding.workflow(workflowId)),
    changes: (workflowId, after, limit) => ask('changes', () => binding.changes(workflowId, after, limit)),
    wakeProject: () => ask('wakeProject', () => binding.wakeProject()),
    deliveries: (hookId, limit, before) => ask('deliveries', () => binding.deliveries(hookId, limit, before)),
    putSecret: (name, value, hosts) => ask('putSecret', () => binding.putSecret(name, value, hosts)),
    secrets: () => ask('secrets', () => binding.secrets()),
    deleteSecret: (name) => ask('deleteSecret', () => binding.deleteSecret(name)),
  }
}

import type { ExecutionObject } from './execution-object.ts'
import type { Relatives } from './relatives.ts'
import type { Rpc } from './rpc.ts'
import type { WorkflowObject } from './workflow-object.ts'

/** A child's id is made of its key, so that whoever has the key reaches the child, whether it has started or not. */
export function relativesOf({ EXECUTION, WORKFLOW }: Pick<Env, 'EXECUTION' | 'WORKFLOW'>): Relatives {
  const executionOf = (id: DurableObjectId) => EXECUTION.get(id) as unknown as Rpc<ExecutionObject>
  return {
    async startChild(key, child) {
      const workflow = WORKFLOW.getByName(child.workflowId) as unknown as Rpc<WorkflowObject>
      return workflow.startChild(EXECUTION.idFromName(key).toString(), child)
    },
    async tellParent(executionId, ended) {
      return executionOf(EXECUTION.idFromString(executionId)).hearChild(ended)
    },
    async tellChild(key, told) {
      return executionOf(EXECUTION.idFromName(key)).hearParent(told)
    },
    async askBatch(key, told) {
      return executionOf(EXECUTION.idFromName(key)).hearAsked(told)
    },
  }
}

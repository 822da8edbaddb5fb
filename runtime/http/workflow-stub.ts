import type { Rpc } from '../objects/rpc.ts'
import type { WorkflowObject } from '../objects/workflow-object.ts'

/** The object of a workflow, which may have nothing published. */
export const workflowStub = (env: Env, workflowId: string): Rpc<WorkflowObject> =>
  env.WORKFLOW.getByName(workflowId) as unknown as Rpc<WorkflowObject>

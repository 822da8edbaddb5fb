import { z } from 'zod'

import type { ExecutionObject } from '../objects/execution-object.ts'
import type { Rpc } from '../objects/rpc.ts'
import { Refusal } from './problem.ts'

export const executionParams = z.object({ id: z.string().describe('Id of the execution.') })

/** The object of an execution. An id that cannot be one is as unknown as one that is not. */
export function executionStub(env: Env, id: string): Rpc<ExecutionObject> {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new Refusal('not_found')
  try {
    return env.EXECUTION.get(env.EXECUTION.idFromString(id)) as unknown as Rpc<ExecutionObject>
  } catch (error) {
    // The platform refuses ids that it never gave out.
    if (error instanceof TypeError) throw new Refusal('not_found')
    throw error
  }
}

/** Why an execution has nothing to show: it is not there, or its log does not verify so far. */
export async function refusalOfNothing(execution: Pick<Rpc<ExecutionObject>, 'view'>) {
  const { status } = (await execution.view()) ?? {}
  return status === 'quarantined' ? new Refusal('quarantined', { executionStatus: status }) : new Refusal('not_found')
}

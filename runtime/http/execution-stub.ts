import type { ExecutionObject, Outcome } from '../objects/execution-object.ts'
import type { Rpc } from '../objects/rpc.ts'
import { Refusal } from './problem.ts'

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

/** What came of an execution, when it comes within `waitMs`; null otherwise. */
export async function outcomeWithin(
  env: Env,
  id: string,
  milestone: 'end' | 'response',
  waitMs: number,
): Promise<Outcome | null> {
  const timeout = new AbortController()
  const late = scheduler.wait(waitMs, { signal: timeout.signal }).then(
    () => null,
    () => null,
  )
  try {
    return await Promise.race([executionStub(env, id).outcome(milestone), late])
  } catch (error) {
    // The object was restarted while we waited. The execution goes on; the caller asks again by its id.
    console.warn(`waiting for ${id} ended early: ${error instanceof Error ? error.message : String(error)}`)
    return null
  } finally {
    timeout.abort()
  }
}

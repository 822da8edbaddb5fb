import type { z } from 'zod'

import type { CommandDone } from '../../schemas/api/execution-requests.ts'
import type { CommandAnswer } from '../objects/command-answer.ts'
import type { ExecutionObject } from '../objects/execution-object.ts'
import type { Rpc } from '../objects/rpc.ts'
import { doneOrRefused } from './command-refusal.ts'
import { type Codes, documentedWriteProblems, jsonProblems } from './documented.ts'
import { executionStub } from './execution-stub.ts'

/** The refusals of a route that tells an execution something: its own, and those of its body and of what is not there. */
export const commandProblems = (...codes: Codes) =>
  documentedWriteProblems('not_found', 'quarantined', ...jsonProblems, ...codes)

/** Tells an execution something, and says what it is doing after that. */
export async function told(
  env: Env,
  id: string,
  tell: (execution: Rpc<ExecutionObject>) => Promise<CommandAnswer>,
): Promise<z.infer<typeof CommandDone>> {
  const { status } = doneOrRefused(await tell(executionStub(env, id)))
  return { executionId: id, status }
}

import type { Context } from 'hono'

import type { LinkedWait } from '../../schemas/api/linked-wait.ts'
import type { LinkHandle } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import type { ExecutionObject } from '../objects/execution-object.ts'
import { linksOf } from '../objects/links.ts'
import type { Rpc } from '../objects/rpc.ts'
import { executionStub, refusalOfNothing } from './execution-stub.ts'
import { Refusal } from './problem.ts'

export type Found = {
  readonly execution: Pick<Rpc<ExecutionObject>, 'decideApproval' | 'answerCallback'>
  readonly step: StepKey
  readonly wait: LinkedWait
}

/** The wait that the token in the path is for. A token that opens nothing is as unknown as any other address. */
export async function waitBehind(c: Context<{ Bindings: Env }>, what: LinkHandle['for']): Promise<Found> {
  const handle = await linksOf(c.env).open(c.req.param('token') ?? '', what)
  if (handle === null) throw new Refusal('not_found')
  const execution = executionStub(c.env, handle.executionId)
  const wait = await execution.linkedWait(handle.link)
  if (wait === null) throw await refusalOfNothing(execution)
  return { execution, step: handle.link, wait }
}

/** Who answers what is not asked, or not any more. It is said without a trace in the log: an old link must not make one grow. */
export function refusalOfClosed({ step, wait }: Found) {
  const { executionStatus } = wait
  if (wait.stage === 'not_yet') return new Refusal('not_waiting', { executionStatus, step })
  return new Refusal('answered_late', { executionStatus, settled: wait.stage === 'over' ? wait.settled : null })
}

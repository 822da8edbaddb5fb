import type { NodeId } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { ProjectMessage } from '../../schemas/project-messages.ts'
import { startedByEvent, startedByFailure } from '../engine/started-by.ts'
import type { PublishedVersion } from './published-version.ts'
import type { Starts } from './starts.ts'

/**
 * Starts the execution that a message of the project is to start here, if it is: one, whichever of the
 * triggers takes it first, in the version that is active now. Told again, it finds the same one.
 */
export async function takeMessage(
  message: ProjectMessage,
  active: PublishedVersion,
  starts: Starts,
  workflowId: string,
): Promise<void> {
  const triggerNode = startedBy(message, active, workflowId)
  if (triggerNode === undefined) return
  const { key, trigger } = message
  await starts.once({ triggerNode, trigger, wait: null }, active, { key, fingerprint: key, keepMs: limits.dedupeMs })
}

function startedBy(message: ProjectMessage, active: PublishedVersion, workflowId: string): NodeId | undefined {
  const { graph } = active.version
  if (message.type === 'failure') return startedByFailure(graph, workflowId, message.trigger)[0]
  return startedByEvent(graph, message.trigger).find(({ verdict }) => verdict === 'starts')?.nodeId
}

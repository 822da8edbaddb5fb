import type { Failure } from '../../schemas/execution-events.ts'
import { PublishedVersion } from './published-version.ts'
import type { ChildAnswer, ChildStart } from './relatives.ts'
import type { Start, Starts } from './starts.ts'
import type { WorkflowPorts } from './workflow-ports.ts'

/**
 * Starts the execution of that id for its parent. Its row in the index is what pins the version: a
 * repeat starts, or finds, what the first request meant, whatever has been published meanwhile.
 */
export async function startChild(
  executionId: string,
  child: ChildStart,
  active: PublishedVersion | null,
  starts: Starts,
  { store, workflowId }: Pick<WorkflowPorts, 'store' | 'workflowId'>,
): Promise<ChildAnswer> {
  if (active === null) return refusal('workflow_not_found', `no workflow ${workflowId} is published: correct its id`)
  const wanted = store.execution(executionId)?.version ?? child.version ?? active.version.version
  const version = wanted === active.version.version ? active.version : store.version(wanted)
  if (version === null) {
    return refusal('version_not_found', `workflow ${workflowId} has no version ${wanted}: name one that was published`)
  }
  const published = version === active.version ? active : new PublishedVersion(version)
  const start = startOf(child, published)
  if ('ok' in start) return start
  const report = await starts.derived(executionId, start, published)
  return { ok: true, workflowId, executionId, version: report.version }
}

function startOf(
  { parent, work }: ChildStart,
  published: PublishedVersion,
): Start | Extract<ChildAnswer, { ok: false }> {
  if (work.type === 'batch') {
    const { batch, trigger, triggerNode } = work
    return { triggerNode, trigger, wait: null, parent, batch }
  }
  const manual = published.manual()
  if (manual === null) {
    return refusal('no_manual_trigger', 'the workflow has no manual trigger: add one and publish it again')
  }
  const checked = manual.input?.safeParse(work.input)
  if (checked?.success === false) {
    const issues = checked.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
    return refusal('input_invalid', 'the input does not match the schema of the manual trigger', { issues })
  }
  return { triggerNode: manual.nodeId, trigger: { body: work.input }, wait: null, parent }
}

const refusal = (code: string, message: string, details?: Failure['details']): Extract<ChildAnswer, { ok: false }> => ({
  ok: false,
  failure: { code, message, ...(details === undefined ? {} : { details }) },
})

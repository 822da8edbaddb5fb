import type { ExecutionReport } from '../../../schemas/api/executions.ts'
import { graphOf, make, start } from '../../support/graphs.ts'
import { t0, WorkflowWorld } from './workflow-world.ts'

const graph = graphOf([{ id: 'hook', kind: 'webhook' }, start, make('made')], ['hook -> made', 'start -> made'])
/** What the execution `one` says. */
export const report = (over: Partial<ExecutionReport> = {}): ExecutionReport => ({
  id: 'one',
  workflowId: 'orders',
  version: 1,
  status: 'running',
  triggerNode: 'start',
  startedAt: t0,
  position: 2,
  ...over,
})
/** A world in which a graph with a hook and a manual start is published, and no commit is counted yet. */
export const published = (): WorkflowWorld => {
  const world = new WorkflowWorld()
  world.publish(graph)
  world.commits = 0
  return world
}
/** From now on no row of an execution can be written. */
export const refuseRows = (world: WorkflowWorld): void =>
  world.database.exec(`CREATE TRIGGER full BEFORE INSERT ON executions BEGIN SELECT RAISE(ABORT, 'disk full'); END`)

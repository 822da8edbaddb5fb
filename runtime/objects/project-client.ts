import type { ProjectObject } from './project-object.ts'
import type { Rpc } from './rpc.ts'

/** The one project of this deployment. */
export const projectOf = (env: Env): Rpc<ProjectObject> =>
  env.PROJECT.getByName('project') as unknown as Rpc<ProjectObject>

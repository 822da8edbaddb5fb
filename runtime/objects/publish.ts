import { createHash } from 'node:crypto'

import type { PublishResult } from '../../schemas/api/runtime.ts'
import type { Graph, GraphProblem } from '../../schemas/graph.ts'
import { canonicalGraph } from '../engine/canonical.ts'
import { graphProblems } from '../engine/validate/validate.ts'
import { vaultOf } from './vault-client.ts'

/** Everything that keeps a graph from being published, judged with the secrets that exist now. */
export async function problemsOf(env: Env, graph: Graph): Promise<GraphProblem[]> {
  const secrets = await vaultOf(env).list()
  return graphProblems(graph, new Map(secrets.map(({ name, hosts }) => [name, { hosts }])))
}

/** Validates a graph and freezes it as a version of the workflow. The same content again is the version it already is. */
export async function publishGraph(env: Env, workflowId: string, graph: Graph): Promise<PublishResult> {
  const problems = await problemsOf(env, graph)
  if (problems.length > 0) return { ok: false, problems }
  const contentHash = createHash('sha256').update(canonicalGraph(graph)).digest('hex')
  return { ok: true, ...(await env.WORKFLOW.getByName(workflowId).publish(graph, contentHash)) }
}

import { z } from 'zod'

import { Edge, Graph, GraphProblem, Node, Settings } from '../graph.ts'
import { limits } from '../limits.ts'
import { EpochMs } from '../time.ts'

/** `POST /api/actions/drafts`. A draft may be broken: kinds and configs are judged when it is published. */
export const DraftContent = z.object({
  name: z.string().min(1).max(limits.nameLength),
  nodes: z.array(Node).max(limits.graphNodes).default([]),
  edges: z.array(Edge).max(limits.graphEdges).default([]),
  settings: Settings.default({}),
})
export type DraftContent = z.infer<typeof DraftContent>

/** The draft's id is also the workflow's id. `revision` grows by one with every save and is the `ETag`. */
export const Draft = DraftContent.extend({ id: z.string(), revision: z.int(), createdAt: EpochMs, updatedAt: EpochMs })
export type Draft = z.infer<typeof Draft>

/** A row of `GET /api/actions/drafts`, newest first, without its content. */
export const DraftItem = Draft.pick({ id: true, name: true, revision: true, createdAt: true, updatedAt: true })
export type DraftItem = z.infer<typeof DraftItem>

export const Hook = z.object({ nodeId: z.string(), hookId: z.string(), url: z.string() })
export type Hook = z.infer<typeof Hook>

export const PublishAnswer = z.object({
  workflowId: z.string(),
  version: z.int(),
  contentHash: z.string(),
  hooks: z.array(Hook),
})
export type PublishAnswer = z.infer<typeof PublishAnswer>

export const GraphInvalid = z.object({ code: z.literal('graph_invalid'), problems: z.array(GraphProblem) })

/** A row of `GET /api/workflows`: drafts and published workflows alike. */
export const WorkflowItem = z.object({
  id: z.string(),
  name: z.string(),
  triggers: z.array(z.string()),
  draftRevision: z.int(),
  /** Absent while the draft was never published. */
  published: z.object({ version: z.int(), contentHash: z.string(), publishedAt: EpochMs }).optional(),
  /** Whether the draft differs from the published version. */
  draftChanged: z.boolean(),
  executions: z.object({ total: z.int(), running: z.int(), failed: z.int(), lastStartedAt: EpochMs.optional() }),
  updatedAt: EpochMs,
})
export type WorkflowItem = z.infer<typeof WorkflowItem>

/** `GET /api/workflows/:id` */
export const WorkflowDetail = WorkflowItem.extend({
  draft: Draft,
  /** The active version's graph and its hooks. */
  active: z.object({ version: z.int(), graph: Graph, hooks: z.array(Hook) }).optional(),
  versions: z.array(z.object({ version: z.int(), contentHash: z.string(), publishedAt: EpochMs })),
})
export type WorkflowDetail = z.infer<typeof WorkflowDetail>

/** A row of `GET /api/hooks/:id/deliveries`, newest first: every request that reached the hook, refused ones included. */
export const Delivery = z.object({
  id: z.string(),
  hookId: z.string(),
  at: EpochMs,
  method: z.string(),
  path: z.string(),
  /** Credentials are masked. */
  headers: z.record(z.string(), z.string()),
  bodyBytes: z.int(),
  /** The body as text when it is text, cut at `limits.deliveryBodyBytes`. */
  body: z.string().optional(),
  verdict: z.enum(['accepted', 'duplicate', 'filtered', 'refused']),
  /** Why, for a person: `signature does not match`, `filter was false`. */
  reason: z.string().optional(),
  code: z.string().optional(),
  executionId: z.string().optional(),
})
export type Delivery = z.infer<typeof Delivery>

/** A sample workflow that runs without credentials: `GET /api/samples`; `POST /api/samples/:id` makes a draft of it and publishes it. */
export const Sample = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  graph: Graph,
  input: z.unknown(),
})
export type Sample = z.infer<typeof Sample>

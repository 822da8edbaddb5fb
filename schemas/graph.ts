import { z } from 'zod'

import { Json } from './json.ts'
import { limits } from './limits.ts'

export const NodeId = z
  .string()
  .max(limits.nodeIdLength)
  .regex(/^[a-z][a-z0-9_]*$/, 'must start with a lower-case letter and hold only lower-case letters, digits and _')
  .brand<'NodeId'>()
export type NodeId = z.infer<typeof NodeId>

/**
 * One run of a node: the node's id, and inside containers the path to the iteration, the outermost
 * first, for example `charge` or `charge@each_order[3]/each_line[0]`.
 */
export const StepKey = z.string().min(1).max(limits.stepKeyLength).brand<'StepKey'>()
export type StepKey = z.infer<typeof StepKey>

/** The path to one iteration, as it stands behind the `@` of a step's key; empty outside containers. */
export const ScopePath = z.string().max(limits.stepKeyLength).brand<'ScopePath'>()
export type ScopePath = z.infer<typeof ScopePath>

/** Attempt n+1 starts `initialIntervalMs * backoffCoefficient ** (n-1)` after attempt n failed, capped, give or take `jitter`. */
export const RetryPolicy = z.strictObject({
  maxAttempts: z.int().min(1).max(limits.retryAttempts),
  initialIntervalMs: z.int().min(0).max(limits.retryIntervalMs).default(1000),
  backoffCoefficient: z.number().min(1).max(10).default(2),
  maxIntervalMs: z.int().min(0).max(limits.retryIntervalMs).default(60_000),
  /** Share of the interval that chance may add or take away, 0 to 1. */
  jitter: z.number().min(0).max(1).default(0.1),
})
export type RetryPolicy = z.infer<typeof RetryPolicy>

/** What a failed step does: end the execution, leave by its `error` port, or go on by its other ports without output. */
export const OnError = z.enum(['fail', 'port', 'continue'])
export type OnError = z.infer<typeof OnError>

/** How many taken edges a node waits for. `all`: every edge decided and at least one taken. */
export const Join = z.union([z.enum(['all', 'any']), z.int().min(1).max(limits.graphEdges)])
export type Join = z.infer<typeof Join>

export const Node = z.strictObject({
  id: NodeId,
  kind: z.string().min(1).max(64),
  config: z.record(z.string(), Json).default({}),
  name: z.string().max(limits.nameLength).optional(),
  position: z.strictObject({ x: z.number(), y: z.number() }).optional(),
  retry: RetryPolicy.optional(),
  timeoutMs: z.int().min(1).max(limits.attemptTimeoutMs).optional(),
  onError: OnError.optional(),
  join: Join.optional(),
  /** The container it is in. */
  parent: NodeId.optional(),
  /** At most once: when a crash leaves open what an attempt did, a person says so and nothing is tried again. */
  once: z.boolean().optional(),
  notes: z.string().max(limits.notesLength).optional(),
})
export type Node = z.infer<typeof Node>

export const Edge = z.strictObject({ from: NodeId, port: z.string().min(1).max(64).default('out'), to: NodeId })
export type Edge = z.infer<typeof Edge>

export const Settings = z.strictObject({
  timeoutMs: z.int().min(1).max(limits.executionTimeoutMs).optional(),
})
export type Settings = z.infer<typeof Settings>

/** The public contract of a workflow's content. Layout and names do not change what it does. */
export const Graph = z.strictObject({
  name: z.string().min(1).max(limits.nameLength),
  nodes: z.array(Node).max(limits.graphNodes),
  edges: z.array(Edge).max(limits.graphEdges),
  settings: Settings.default({}),
})
export type Graph = z.infer<typeof Graph>

/** What is wrong with a graph: the node and field at fault, and how to mend it. */
export const GraphProblem = z.object({
  nodeId: z.string().nullable(),
  /** Path inside the node, for example `config.rules[0].when`; null when the node itself is at fault. */
  field: z.string().nullable(),
  code: z.enum([
    'no_trigger',
    'unknown_kind',
    'invalid_field',
    'missing_field',
    'unknown_field',
    'duplicate_node',
    'duplicate_edge',
    'missing_node',
    'missing_port',
    'edge_into_trigger',
    'cycle',
    'unreachable_node',
    'unknown_reference',
    'reference_cannot_have_run',
    'expression_invalid',
    'missing_secret',
    'secret_not_allowed',
    'link_not_allowed',
    'secret_host_unknown',
    'join_too_many',
    'parent_invalid',
    'container_too_deep',
    'empty_container',
    'edge_crosses_container',
    'compensation_invalid',
    'too_large',
  ]),
  message: z.string(),
  mend: z.string(),
})
export type GraphProblem = z.infer<typeof GraphProblem>

import type { z } from 'zod'

import type { Graph, GraphProblem, Node, NodeId } from '../../schemas/graph.ts'
import { isKindName, kinds } from '../../schemas/kinds/index.ts'
import type { Reference } from '../expression/index.ts'
import { assert } from './assert.ts'
import { compilers } from './kinds/index.ts'
import type { NodeProgram } from './node-program.ts'
import { rootsOf } from './roots.ts'
import { topologyOf } from './topology.ts'
import { fieldPath, Workbench } from './workbench.ts'

export type CompiledNode = {
  readonly program: NodeProgram | null
  readonly problems: readonly GraphProblem[]
  readonly references: readonly TextReference[]
  readonly secrets: Workbench['secrets']
  readonly links: Workbench['links']
  readonly reads: Reads
  /** What the texts of a container read that are evaluated inside it. */
  readonly insideReads: Reads
}

/** `isInside`: the text belongs to a container and is evaluated in the scope of an iteration. */
export type TextReference = { readonly field: string; readonly reference: Reference; readonly isInside: boolean }

/** Nodes whose outputs texts read, and which other bodies: all that a scope must hold. */
export type Reads = {
  readonly trigger: boolean
  readonly item: boolean
  readonly previous: boolean
  readonly steps: readonly NodeId[]
  /** Waits whose links they carry. */
  readonly links: readonly NodeId[]
}

/** Parses a node's config by its kind's schema and compiles its texts. */
export function compileNode(node: Node, graph: Graph): CompiledNode {
  const inner = topologyOf(graph).nodesIn(node.id)
  const bench = new Workbench(
    node,
    rootsOf(node, graph),
    inner.map(({ id }) => id),
  )
  const program = compileWith(node, bench)
  const { problems, secrets, links } = bench
  const references = bench.references.map((text) => ({ ...text, isInside: bench.insideFields.has(text.field) }))
  return {
    program: problems.length === 0 ? program : null,
    problems,
    references,
    secrets,
    links,
    reads: readsOf(
      references.filter(({ isInside }) => !isInside),
      links.map(({ to }) => to),
    ),
    insideReads: readsOf(
      references.filter(({ isInside }) => isInside),
      [],
    ),
  }
}

function compileWith(node: Node, bench: Workbench): NodeProgram | null {
  if (!isKindName(node.kind)) {
    bench.problem(
      'kind',
      'unknown_kind',
      `there is no step kind ${node.kind}`,
      `use one of ${Object.keys(kinds).join(', ')}`,
    )
    return null
  }
  const config = kinds[node.kind].config.safeParse(node.config)
  if (!config.success) {
    for (const issue of config.error.issues) noteIssue(bench, issue)
    return null
  }
  // The table pairs each kind with the compiler of its own config, which TypeScript cannot follow through a union.
  const compile = compilers[node.kind] as (config: unknown, bench: Workbench) => NodeProgram | null
  return compile(config.data, bench)
}

function noteIssue(bench: Workbench, issue: z.core.$ZodIssue): void {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  const field = fieldPath('config', path)
  const name = field.replace('config.', '')
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const mend = 'remove it or correct its name'
      bench.problem(`${field}.${key}`, 'unknown_field', `${bench.node.kind} has no field ${key}`, mend)
    }
  } else if (valueAt(bench.node.config, issue.path) === undefined) {
    bench.problem(field, 'missing_field', `${name} is missing`, 'fill it in')
  } else {
    bench.problem(field, 'invalid_field', `${name}: ${issue.message}`, 'correct the value')
  }
}

/** A path that zod gives leads through values that are there, to its last key. */
const valueAt = (config: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], config)

function readsOf(references: readonly TextReference[], links: readonly NodeId[]): Reads {
  const names = references.map(({ reference }) => reference)
  const steps = names.flatMap(({ root, path: [id] }) => (root === 'steps' && id !== undefined ? [id as NodeId] : []))
  const reads = (name: string): boolean => names.some(({ root }) => root === name)
  return {
    trigger: reads('trigger'),
    item: reads('item'),
    previous: reads('previous'),
    steps: [...new Set(steps)],
    links,
  }
}

/** A graph's compiled nodes, each made when it is first needed and kept as long as the graph object. */
export class Program {
  readonly #nodes = new Map<NodeId, RunnableNode>()
  readonly #graph: Graph

  constructor(graph: Graph) {
    this.#graph = graph
  }

  node(node: Node): RunnableNode {
    const known = this.#nodes.get(node.id)
    if (known !== undefined) return known
    const { program, ...compiled } = compileNode(node, this.#graph)
    assert(program !== null, `node ${node.id} of a published graph compiles`)
    const runnable = { ...compiled, program }
    this.#nodes.set(node.id, runnable)
    return runnable
  }
}

type RunnableNode = CompiledNode & { readonly program: NodeProgram }

const programs = new WeakMap<Graph, Program>()

export function programOf(graph: Graph): Program {
  const program = programs.get(graph) ?? new Program(graph)
  programs.set(graph, program)
  return program
}

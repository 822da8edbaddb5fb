import type { z } from 'zod'

import type { Graph, GraphProblem, Node, NodeId } from '../../schemas/graph.ts'
import { isKindName, kinds } from '../../schemas/kinds/index.ts'
import type { Reference } from '../expression/index.ts'
import { assert } from './assert.ts'
import { compilers } from './kinds/index.ts'
import type { NodeProgram } from './node-program.ts'
import { fieldPath, Workbench } from './workbench.ts'

export type CompiledNode = {
  readonly program: NodeProgram | null
  readonly problems: readonly GraphProblem[]
  readonly references: readonly { readonly field: string; readonly reference: Reference }[]
  readonly secrets: readonly { readonly field: string; readonly name: string }[]
  /** Nodes whose outputs the texts read, and whether they read the trigger: all that a scope must hold. */
  readonly reads: { readonly trigger: boolean; readonly steps: readonly NodeId[] }
}

/** Parses a node's config by its kind's schema and compiles its texts. */
export function compileNode(node: Node): CompiledNode {
  const bench = new Workbench(node)
  const program = compileWith(node, bench)
  const { problems, references, secrets } = bench
  return { program: problems.length === 0 ? program : null, problems, references, secrets, reads: readsOf(references) }
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

function readsOf(references: CompiledNode['references']): CompiledNode['reads'] {
  const names = references.map(({ reference }) => reference)
  const steps = names.flatMap(({ root, path: [id] }) => (root === 'steps' && id !== undefined ? [id as NodeId] : []))
  return { trigger: names.some(({ root }) => root === 'trigger'), steps: [...new Set(steps)] }
}

/** A graph's compiled nodes, each made when it is first needed and kept as long as the graph object. */
export class Program {
  readonly #nodes = new Map<NodeId, CompiledNode>()

  node(node: Node): CompiledNode & { readonly program: NodeProgram } {
    const compiled = this.#nodes.get(node.id) ?? compileNode(node)
    this.#nodes.set(node.id, compiled)
    const { program } = compiled
    assert(program !== null, `node ${node.id} of a published graph compiles`)
    return { ...compiled, program }
  }
}

const programs = new WeakMap<Graph, Program>()

export function programOf(graph: Graph): Program {
  const program = programs.get(graph) ?? new Program()
  programs.set(graph, program)
  return program
}

import type { Graph, GraphProblem, Node, NodeId } from '../../../schemas/graph.ts'
import type { Reference } from '../../expression/index.ts'
import { containersRound } from '../containers.ts'
import type { TextReference } from '../program.ts'
import { topologyOf } from '../topology.ts'
import { errorShape, executionShape, outputShape, type Shape, strayFrom, workflowShape } from './output-shapes.ts'
import { type Order, orderOf } from './reference-order.ts'
import type { Judged } from './validate.ts'

/** Texts that read what cannot be there: an unknown step, one that does not come before, a field its output never has. */
export function referenceProblems({ graph, compiled }: Judged): GraphProblem[] {
  const known: Known = { graph, nodes: new Map(graph.nodes.map((node) => [node.id, node])), order: orderOf(graph) }
  return compiled.flatMap(({ node, references }) =>
    references.flatMap((text) => {
      const fault = judge(text, node, known)
      return fault === null ? [] : [{ nodeId: node.id, field: text.field, ...fault }]
    }),
  )
}

type Fault = Pick<GraphProblem, 'code' | 'message' | 'mend'>
type Known = { readonly graph: Graph; readonly nodes: ReadonlyMap<NodeId, Node>; readonly order: Order }

function judge(text: TextReference, node: Node, known: Known): Fault | null {
  const { reference } = text
  switch (reference.root) {
    case 'steps':
      return judgeStep(text, node, known)
    case 'trigger':
      return strayFault(reference, known.order.triggers(node), reference.path)
    case 'execution':
      return strayFault(reference, [executionShape], reference.path)
    case 'workflow':
      return strayFault(reference, [workflowShape], reference.path)
    default:
      // An item, what came before, a signal: what they have only data decides.
      return null
  }
}

function judgeStep({ reference, isInside }: TextReference, node: Node, known: Known): Fault | null {
  const { path, text } = reference
  const [id, part, ...rest] = path as readonly [NodeId?, string?, ...string[]]
  const { nodes, order } = known
  if (id === undefined)
    return { code: 'unknown_reference', message: `${text} names no step`, mend: 'write steps.<id>.output' }
  const target = nodes.get(id)
  if (target === undefined) {
    const before = [...order.before(node, isInside)]
    return {
      code: 'unknown_reference',
      message: `${text}: there is no step ${id}`,
      mend: before.length === 0 ? 'no step comes before this one' : `use one of ${before.join(', ')}`,
    }
  }
  if (order.around(node, isInside).includes(target)) return judgeContainer(text, target, part)
  if (!holds(order.before(node, isInside), id)) {
    return { code: 'reference_cannot_have_run', ...whyNotBefore(text, target, node, known) }
  }
  if (part !== 'output' && part !== 'error') {
    return {
      code: 'unknown_reference',
      message: `${text}: a step has output and error`,
      mend: `write steps.${id}.output`,
    }
  }
  return strayFault(reference, [part === 'output' ? outputShape(target) : errorShape], rest)
}

/** A container as the steps inside it read it: the iteration that they are in. */
function judgeContainer(text: string, { id, kind }: Node, part: string | undefined): Fault | null {
  const parts = kind === 'each' ? ['item', 'index'] : ['index']
  if (part !== undefined && parts.includes(part)) return null
  const mend = `inside ${id} write ${parts.map((name) => `steps.${id}.${name}`).join(' or ')}`
  return part === 'output' || part === 'error'
    ? { code: 'reference_cannot_have_run', message: `${text}: ${id} is not over while this runs inside it`, mend }
    : { code: 'unknown_reference', message: `${text}: a container has ${parts.join(' and ')} inside it`, mend }
}

function whyNotBefore(text: string, target: Node, node: Node, { graph }: Known): Pick<Fault, 'message' | 'mend'> {
  const { id } = target
  if (id === node.id) return { message: `${text}: a step cannot read itself`, mend: 'read another step' }
  if (topologyOf(graph).isCompensation(id)) {
    return { message: `${text}: ${id} runs only to undo a step`, mend: 'read another step' }
  }
  const around = new Set([node, ...containersRound(node, graph)])
  const [container] = containersRound(target, graph)
    .filter((one) => !around.has(one))
    .reverse()
  if (container !== undefined) {
    return {
      message: `${text}: ${id} runs inside ${container.id}, once in every iteration`,
      mend: `read steps.${container.id}.output, which is made of what they came to`,
    }
  }
  return {
    message: `${text}: ${id} does not come before ${node.id}`,
    mend: `lead an edge from ${id} towards ${node.id}, or read another step`,
  }
}

/** A path that no shape has, as the one says that it gets furthest in. */
function strayFault({ text, optional }: Reference, shapes: readonly Shape[], path: readonly string[]): Fault | null {
  const [key] = path
  const strays = shapes.flatMap((shape) => strayFrom(shape, path) ?? [])
  if (optional || key === undefined || strays.length < shapes.length) return null
  const furthest = Math.max(...strays.map(({ depth }) => depth))
  const [stray, ...others] = strays.filter(({ depth }) => depth === furthest)
  const code = 'unknown_reference'
  if (stray === undefined) return { code, message: `${text}: there is no ${key}`, mend: 'there is nothing to read' }
  if (stray.known === 'list') {
    return { code, message: `${text}: a list has no ${stray.key}`, mend: 'write [0] for its first element' }
  }
  const keys = [stray, ...others].flatMap(({ known }) => known)
  return { code, message: `${text}: there is no ${stray.key}`, mend: `use one of ${[...new Set(keys)].join(', ')}` }
}

function holds(ids: Iterable<NodeId>, wanted: NodeId): boolean {
  for (const id of ids) if (id === wanted) return true
  return false
}

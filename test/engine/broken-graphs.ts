import type { Graph, GraphProblem, Node } from '../../schemas/graph.ts'
import { kindNamed, portsOf } from '../../schemas/kinds/index.ts'
import { limits } from '../../schemas/limits.ts'
import { edgeOf, type NodeText } from '../support/graphs.ts'

type Draft = { nodes: Node[]; edges: Graph['edges'] }

/** One of a list, drawn by chance. Null when there is none. */
type Draw = <Value>(from: readonly Value[]) => Value | null

/** What the broken graph must be refused for, and which node; null when this graph cannot be broken so. */
type Blame = { readonly code: GraphProblem['code']; readonly nodeId: string | null } | null

/** A way to break a graph that can be published. It changes the draft. */
export type Way = (draft: Draft, draw: Draw) => Blame

const roleOf = ({ kind }: Node) => kindNamed(kind)?.role
const triggerOf = ({ nodes }: Draft): string => nodes.find((node) => roleOf(node) === 'trigger')?.id ?? ''
const steps = ({ nodes, edges }: Draft): Node[] => {
  const undoing = new Set(edges.filter(({ port }) => port === 'compensate').map(({ to }) => to as string))
  return nodes.filter((node) => roleOf(node) !== 'trigger' && !undoing.has(node.id))
}
const outside = (draft: Draft): Node[] => steps(draft).filter(({ parent }) => parent === undefined)

/** Changes a node that there is. Nodes may be shared with the graph that is not broken. */
function change(draft: Draft, { id }: Node, more: Partial<NodeText>): void {
  draft.nodes = draft.nodes.map((node) => (node.id === id ? ({ ...node, ...more } as Node) : node))
}

/** Adds a node after the trigger, or after `from`. */
function add(draft: Draft, node: NodeText, from: string | null = triggerOf(draft)): string {
  draft.nodes = [...draft.nodes, { config: {}, ...node } as Node]
  if (from !== null) lead(draft, `${from} -> ${node.id}`)
  return node.id
}

const lead = (draft: Draft, edge: string): void => {
  draft.edges = [...draft.edges, edgeOf(edge) as Graph['edges'][number]]
}

const log = (message: string): NodeText => ({ id: 'broken', kind: 'log', config: { message } })
const call = (url: string): NodeText => ({
  id: 'broken',
  kind: 'http',
  config: { url, auth: { scheme: 'bearer', token: '{{ secrets.token }}' } },
})
const loop = (id: string, parent?: string): NodeText => ({
  id,
  kind: 'repeat',
  config: { while: 'index < 2', maxIterations: 2 },
  ...(parent === undefined ? {} : { parent }),
})

const ofNode = (code: GraphProblem['code'], nodeId: string | undefined): Blame =>
  nodeId === undefined ? null : { code, nodeId }

/** A way that adds one node after the trigger. */
const adds =
  (code: GraphProblem['code'], node: NodeText): Way =>
  (draft) =>
    ofNode(code, add(draft, node))

/** A way that changes one of the nodes. */
const changes =
  (code: GraphProblem['code'], among: (draft: Draft) => Node[], more: (node: Node) => Partial<NodeText>): Way =>
  (draft, draw) => {
    const node = draw(among(draft))
    if (node !== null) change(draft, node, more(node))
    return ofNode(code, node?.id)
  }

const computing = (draft: Draft): Node[] => draft.nodes.filter((node) => roleOf(node) === 'compute')

export const ways: Readonly<Record<string, Way>> = {
  'takes away what starts it': (draft) => {
    draft.nodes = draft.nodes.filter((node) => roleOf(node) !== 'trigger')
    return { code: 'no_trigger', nodeId: null }
  },
  'names a kind that there is not': changes('unknown_kind', steps, () => ({ kind: 'teleport' })),
  'takes away what a kind needs': changes(
    'missing_field',
    ({ nodes }) => nodes.filter(({ kind }) => ['http', 'log', 'fail', 'condition'].includes(kind)),
    () => ({ config: {} }),
  ),
  'gives a field a value that does not fit': adds('invalid_field', { ...log('x'), config: { message: 4 } }),
  'adds a field that a kind does not have': changes(
    'unknown_field',
    ({ nodes }) => nodes,
    ({ config }) => ({ config: { ...config, colour: 'red' } }),
  ),
  'lets a step be tried again that makes no attempts': changes('unknown_field', computing, () => ({
    retry: { maxAttempts: 2 },
  })),
  'doubles a node': (draft, draw) => {
    const node = draw(draft.nodes)
    if (node !== null) draft.nodes = [...draft.nodes, node]
    return ofNode('duplicate_node', node?.id)
  },
  'doubles an edge': (draft, draw) => {
    const edge = draw(draft.edges)
    if (edge !== null) draft.edges = [...draft.edges, edge]
    return ofNode('duplicate_edge', edge?.from)
  },
  'leads an edge to nowhere': (draft) => {
    lead(draft, `${triggerOf(draft)} -> nowhere`)
    return ofNode('missing_node', triggerOf(draft))
  },
  'leads an edge from a port that there is not': (draft, draw) => {
    const [from, to] = [draw(draft.nodes), draw(outside(draft))]
    if (from === null || to === null) return null
    lead(draft, `${from.id}.nowhere -> ${to.id}`)
    return ofNode('missing_port', from.id)
  },
  'leads an edge into a trigger': (draft, draw) => {
    const from = draw(outside(draft).filter((node) => portsOf(node).includes('out')))
    if (from !== null) lead(draft, `${from.id} -> ${triggerOf(draft)}`)
    return ofNode('edge_into_trigger', from?.id)
  },
  'leads an edge back': (draft, draw) => {
    const known = new Map(steps(draft).map((node) => [node.id, node]))
    const edge = draw(
      draft.edges.filter(({ from, to }) => {
        const [source, target] = [known.get(from), known.get(to)]
        return (
          target !== undefined && source?.parent === target.parent && portsOf(target).includes('out') && from !== to
        )
      }),
    )
    if (edge === null || !known.has(edge.from)) return null
    lead(draft, `${edge.to} -> ${edge.from}`)
    return { code: 'cycle', nodeId: null }
  },
  'takes away every edge into a step': (draft, draw) => {
    const node = draw(steps(draft))
    draft.edges = draft.edges.filter(({ to }) => to !== node?.id)
    const [container] = draft.nodes.filter(({ id }) => id === node?.parent)
    const begins = draft.edges.some(({ from, port }) => from === container?.id && port === 'body')
    if (container !== undefined && !begins) return ofNode('empty_container', container.id)
    return ofNode('unreachable_node', node?.id)
  },
  'reads a step that there is not': adds('unknown_reference', log('{{ steps.nobody.output }}')),
  'reads a step that does not come before': (draft, draw) => {
    const node = draw(steps(draft))
    return node === null ? null : ofNode('reference_cannot_have_run', add(draft, log(`{{ steps.${node.id}.output }}`)))
  },
  'reads what only a container has': adds('expression_invalid', log('{{ item }}')),
  'writes half an expression': adds('expression_invalid', log('{{ 1 + }}')),
  'asks for a secret that there is not': adds('missing_secret', {
    ...call('https://api.example'),
    config: { url: 'https://api.example', auth: { scheme: 'bearer', token: '{{ secrets.lost }}' } },
  }),
  'shows a secret': adds('secret_not_allowed', log('{{ secrets.token }}')),
  'sends a secret wherever data says': adds('secret_host_unknown', call('{{ trigger.body.url }}')),
  'shows a link': adds('link_not_allowed', log('{{ links.broken }}')),
  'waits for more edges than there are': (draft, draw) => {
    const node = draw(steps(draft))
    if (node !== null) change(draft, node, { join: draft.edges.filter(({ to }) => to === node.id).length + 1 })
    return ofNode('join_too_many', node?.id)
  },
  'puts a step into one that is no container': (draft, draw) => {
    const [node, other] = [draw(steps(draft)), draw(computing(draft))]
    if (node === null || other === null) return null
    change(draft, node, { parent: other.id })
    return ofNode('parent_invalid', node.id)
  },
  'puts containers too deep into each other': (draft) => {
    for (let depth = 0; depth <= limits.containerDepth; depth += 1) {
      const outer = depth === 0 ? undefined : `loop${depth - 1}`
      add(draft, loop(`loop${depth}`, outer), outer === undefined ? triggerOf(draft) : `${outer}.body`)
    }
    const last = `loop${limits.containerDepth}`
    add(draft, { ...log('deep'), parent: last }, `${last}.body`)
    return ofNode('container_too_deep', last)
  },
  'adds a container with nothing inside': adds('empty_container', loop('loop')),
  'moves a step into a container without its edges': (draft, draw) => {
    const node = draw(outside(draft).filter((step) => roleOf(step) !== 'container'))
    if (node === null) return null
    const [edge] = draft.edges.filter(({ to }) => to === node.id)
    add(draft, loop('loop'))
    lead(draft, `loop.body -> ${node.id}`)
    change(draft, node, { parent: 'loop' })
    return ofNode('edge_crosses_container', edge?.from)
  },
  'lets a step that others lead to undo one': (draft, draw) => {
    const node = draw(outside(draft))
    if (node === null) return null
    add(draft, { ...call('https://api.example'), config: { url: 'https://api.example' } })
    lead(draft, `broken.compensate -> ${node.id}`)
    return ofNode('compensation_invalid', node.id)
  },
  'says more than a graph may hold': (draft) => {
    const notes = 'x'.repeat(limits.notesLength)
    const count = Math.ceil(limits.graphBytes / limits.notesLength)
    for (let index = 0; index < count; index += 1) add(draft, { ...log('x'), id: `long${index}`, notes })
    return { code: 'too_large', nodeId: null }
  },
}

import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'

import { Graph, Node } from '../../schemas/graph.ts'
import { canvasGraph } from '../../studio/model/graph-canvas.ts'
import { NodeCard } from '../../studio/pages/workflow/node-card.tsx'
import { eventsOf, type Recorded, recorded } from '../engine/kind-runs.ts'
import { failAttempt, t0, wake } from '../support/events.ts'
import { graphOf, http, make, type NodeText, start } from '../support/graphs.ts'

/** What happens, or is drawn, with two values of a field. */
type Witness = { readonly seen: readonly [unknown, unknown]; readonly expected: readonly [unknown, unknown] }

const between = (
  see: (more: Partial<NodeText>) => unknown,
  first: Partial<NodeText>,
  second: Partial<NodeText>,
  ...expected: readonly [unknown, unknown]
): Witness => ({ seen: [see(first), see(second)], expected })

/** The node between a start and a step after it. */
const placed = (more: Partial<NodeText>): { nodes: NodeText[]; edges: string[] } => {
  const it = { ...http('it'), ...more }
  return { nodes: [it, make('next')], edges: [`start -> ${it.id}`, `${it.id} -> next`] }
}
const runOf = (more: Partial<NodeText>, ...commands: Parameters<typeof recorded>[2][]): Recorded => {
  const { nodes, edges } = placed(more)
  return recorded(nodes, edges, ...commands)
}
const attempts = (more: Partial<NodeText>) => eventsOf(runOf(more), 'AttemptStarted')[0]
const failing = (more: Partial<NodeText>) => runOf(more, failAttempt('it')).state.status
const crashed = (more: Partial<NodeText>) =>
  runOf(more, wake(t0))
    .log.slice(2)
    .map(({ type }) => type)

const drawn = (more: Partial<NodeText>) => {
  const { nodes, edges } = placed(more)
  return canvasGraph(graphOf([start, ...nodes].map(standing), edges)).nodes.find(({ id }) => id === 'it')
}
/** Nodes are laid out by the studio unless all of them say where they stand. */
const standing = (node: NodeText): NodeText => ({ position: { x: 0, y: 0 }, ...node })

/** Two ways into the node, of which one is still open. */
const joined = (more: Partial<NodeText>) =>
  recorded([http('slow'), make('it', 'it', more)], ['start -> slow', 'start -> it', 'slow -> it']).log.some(
    (event) => event.type === 'StepSucceeded' && event.step === 'it',
  )

/** After a loop, or inside it. */
const runs = (more: Partial<NodeText>) => {
  const loop = { id: 'loop', kind: 'repeat', config: { while: 'index < 3', maxIterations: 3 } }
  const edge = more.parent === undefined ? 'loop -> it' : 'loop.body -> it'
  const { log } = recorded([loop, make('it', 'it', more)], ['start -> loop', edge])
  return log.filter((event) => event.type === 'StepSucceeded' && event.step.startsWith('it')).length
}

const card = (more: Partial<NodeText>) => {
  const graph = Graph.parse({ name: 'Sample', nodes: [{ ...http('it'), ...more }], edges: [] })
  const [node] = graph.nodes
  if (node === undefined) throw new Error('the graph has a node')
  return renderToStaticMarkup(createElement(NodeCard, { node, graph, onClose: () => {} })).includes('Ask Ada first')
}

const witnesses: Readonly<Record<string, Witness>> = {
  id: between((more) => attempts(more)?.step, {}, { id: 'other' }, 'it', 'other'),
  kind: between(
    (more) => attempts(more)?.request?.kind,
    {},
    { kind: 'code', config: { source: 'export default () => 1' } },
    'http',
    'code',
  ),
  config: between(
    (more) => attempts(more)?.request?.config['url'],
    {},
    { config: { url: 'https://other.example' } },
    'https://api.example/it',
    'https://other.example',
  ),
  name: between((more) => drawn(more)?.label, {}, { name: 'Charge' }, 'it', 'Charge'),
  position: between((more) => drawn(more)?.position.x, {}, { position: { x: 40, y: 0 } }, 0, 40),
  retry: between(failing, {}, { retry: { maxAttempts: 2 } }, 'failed', 'running'),
  timeoutMs: between((more) => attempts(more)?.timeoutAt, {}, { timeoutMs: 500 }, t0 + 30_000, t0 + 500),
  onError: between(failing, {}, { onError: 'continue' }, 'failed', 'succeeded'),
  join: between(joined, {}, { join: 'any' }, false, true),
  parent: between(runs, {}, { parent: 'loop' }, 1, 3),
  once: between(
    crashed,
    {},
    { once: true },
    ['AttemptInterrupted', 'AttemptStarted'],
    ['StepUnknown', 'ExecutionPaused'],
  ),
  notes: between(card, {}, { notes: 'Ask Ada first' }, false, true),
}

describe('every field of a node', () => {
  it('has a witness, and nothing else has one', () => {
    expect(Object.keys(witnesses).sort()).toEqual(Object.keys(Node.shape).sort())
  })

  it.each(Object.entries(witnesses))('changes what happens, or how it is drawn: %s', (_, { seen, expected }) => {
    expect(seen).toEqual(expected)
    expect(seen[0]).not.toEqual(seen[1])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decide, type ExecutionState, nextWakeAt, rules } from '../../runtime/engine/index.ts'
import { snapshotOf, stateFrom } from '../../runtime/engine/snapshot.ts'
import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import { Graph } from '../../schemas/graph.ts'
import { startExecution } from '../support/events.ts'
import { asJson, fold, frozen, readFrom } from '../support/given.ts'
import { generatedWorkflow } from './generated-workflow.ts'
import { checkLog } from './log-invariants.ts'
import { SimulatedWorld } from './simulated-world.ts'

const numRuns = 300

describe('every log', () => {
  it('keeps the invariants after every decision', () => {
    fc.assert(
      fc.property(generatedWorkflow, (workflow) => {
        const { log, turns } = new SimulatedWorld(workflow).run()
        let position = 0
        for (const { events, after } of turns) {
          position += events.length
          checkLog(log.slice(0, position), workflow.graph, workflow.triggerNode)
          checkAlive(after)
        }
      }),
      { numRuns },
    )
  })

  it('folds to the same state in one piece and in two, and no fold changes a state', () => {
    fc.assert(
      fc.property(generatedWorkflow, fc.nat(), (workflow, cut) => {
        const { log, state } = new SimulatedWorld(workflow).run()
        const at = cut % log.length
        expect(asJson(fold(log.slice(at), fold(log.slice(0, at))))).toEqual(asJson(state))
      }),
      { numRuns },
    )
  })

  it('gives a state at each turn that a snapshot keeps whole: the same decision follows', () => {
    fc.assert(
      fc.property(generatedWorkflow, (workflow) => {
        const { log, turns } = new SimulatedWorld(workflow).run()
        for (const { before, command, events, after } of turns) {
          if (before.status === 'not_started') continue
          const kept: unknown = JSON.parse(JSON.stringify(snapshotOf(before, rules)))
          const restored = stateFrom(kept, workflow.graph, rules)
          if (restored === null) throw new Error('the snapshot was folded under these rules')
          const decision = decide(command, frozen(restored), readFrom(log))
          expect(decision).toMatchObject({ ok: true, events })
          expect(decision.ok && asJson(decision.state)).toEqual(asJson(after))
        }
      }),
      { numRuns: 100 },
    )
  })
})

/** T1: what runs has something that will move it on. */
function checkAlive(state: ExecutionState): void {
  if (state.status !== 'running') return
  const statuses = [...state.active.keys()].map((step) => state.steps.get(step)?.status)
  expect(statuses.length).toBeGreaterThan(0)
  if (!statuses.includes('running')) expect(nextWakeAt(state)).not.toBeNull()
  for (const status of statuses) expect(status).toBeOneOf(['running', 'retrying', 'delayed'])
}

describe('a graph that something has been done to', () => {
  const oneOf = <T>(items: readonly T[], at: number): T | undefined => items[at % Math.max(items.length, 1)]
  const junk = fc.oneof(fc.jsonValue(), fc.constantFrom('{{', '{{ steps.n0.output }}', 'trigger.body', -1, 1e9, ''))
  const mutation = fc.record({
    how: fc.constantFrom(
      'field',
      'config',
      'drop field',
      'kind',
      'id',
      'join',
      'edge',
      'reverse',
      'drop node',
      'drop edge',
      'more',
    ),
    at: fc.nat(1000),
    to: fc.nat(1000),
    port: fc.constantFrom('out', 'error', 'else', 'a', 'b', 'nowhere'),
    key: fc.constantFrom(
      'url',
      'rules',
      'mode',
      'fields',
      'ms',
      'until',
      'message',
      'body',
      'status',
      'input',
      'verify',
    ),
    value: junk,
  })
  type Mutation = typeof mutation extends fc.Arbitrary<infer One> ? One : never

  function mutate(graph: Graph, { how, at, to, port, key, value }: Mutation): unknown {
    const node = oneOf(graph.nodes, at)
    const other = oneOf(graph.nodes, to)
    const edge = oneOf(graph.edges, at)
    if (node === undefined || other === undefined || edge === undefined) return graph
    const { nodes, edges } = graph
    const withNode = (changed: unknown) => ({ ...graph, nodes: nodes.map((one) => (one === node ? changed : one)) })
    if (how === 'field') return withNode({ ...node, config: { ...node.config, [key]: value } })
    if (how === 'config') return withNode({ ...node, config: value })
    if (how === 'drop field') return withNode({ ...node, config: {} })
    if (how === 'kind') return withNode({ ...node, kind: other.kind })
    if (how === 'id') return withNode({ ...node, id: other.id })
    if (how === 'join') return withNode({ ...node, join: to })
    if (how === 'edge') return { ...graph, edges: [...edges, { from: node.id, port, to: other.id }] }
    if (how === 'reverse') return { ...graph, edges: [...edges, { from: edge.to, port: 'out', to: edge.from }] }
    if (how === 'drop node') return { ...graph, nodes: nodes.filter((one) => one !== node) }
    if (how === 'drop edge') return { ...graph, edges: edges.filter((one) => one !== edge) }
    return {
      ...graph,
      nodes: [...nodes, { id: 'more', kind: 'transform', config: { operation: 'set', values: { [key]: value } } }],
    }
  }

  it('is judged without an exception, and when it is accepted, executions of it keep the invariants', () => {
    let accepted = 0
    fc.assert(
      fc.property(generatedWorkflow, fc.array(mutation, { minLength: 1, maxLength: 3 }), (workflow, mutations) => {
        const mutated = mutations.reduce<Graph | null>((graph, one) => {
          const parsed = Graph.safeParse(graph === null ? null : mutate(graph, one))
          return parsed.success ? parsed.data : null
        }, workflow.graph)
        if (mutated === null || graphProblems(mutated, new Map()).length > 0) return
        const isTrigger = mutated.nodes.some(({ id, kind }) => id === workflow.triggerNode && isTriggerKind(kind))
        if (!isTrigger) return
        accepted += 1
        const scripts = Object.fromEntries(mutated.nodes.map(({ id }) => [id, workflow.scripts[id] ?? [answers]]))
        const { log } = new SimulatedWorld({ ...workflow, graph: mutated, scripts }).run()
        checkLog(log, mutated, workflow.triggerNode)
      }),
      { numRuns: 1500 },
    )
    expect(accepted).toBeGreaterThan(50)
  })

  const answers = { does: 'succeed', afterMs: 1, retryAfterMs: 0 } as const
  const isTriggerKind = (kind: string): boolean => kind === 'manual' || kind === 'webhook'

  it('is decided alike by two engines that do not share what they compiled', () => {
    fc.assert(
      fc.property(generatedWorkflow, ({ graph, triggerNode, flags }) => {
        const start = { triggerNode, trigger: { body: flags } }
        const first = decide(startExecution(graph, start), fold([]), readFrom([]))
        const second = decide(startExecution(structuredClone(graph), start), fold([]), readFrom([]))
        expect(second.ok && second.events).toEqual(first.ok && first.events)
      }),
      { numRuns: 100 },
    )
  })
})

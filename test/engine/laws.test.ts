import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decide, type ExecutionState, nextWakeAt, rules } from '../../runtime/engine/index.ts'
import { snapshotOf, stateFrom } from '../../runtime/engine/snapshot.ts'
import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import { Graph } from '../../schemas/graph.ts'
import { startExecution } from '../support/events.ts'
import { asJson, fold, frozen, readFrom } from '../support/given.ts'
import { accountOf, accountOfStory } from './account.ts'
import { type GeneratedExecution, generatedExecution } from './generated-execution.ts'
import type { Intervention, Meets } from './generated-world.ts'
import { checkLog } from './log-invariants.ts'
import { expected } from './reference/reference.ts'
import { elapsed, SimulatedWorld } from './simulated-world.ts'

/** A failure prints the seed and the path by which it is run again. */
const seed = 20_261_123
const numRuns = 300
const timeLimitMs = 30_000

describe('every log', () => {
  it(
    'keeps the invariants, whole and cut after any decision',
    () => {
      fc.assert(
        fc.property(generatedExecution, fc.nat(), (execution, cut) => {
          const { log, turns } = new SimulatedWorld(execution).run()
          for (const { after } of turns) checkAlive(after)
          const length = turns.slice(0, cut % turns.length).reduce((sum, { events }) => sum + events.length, 0)
          if (length > 0) checkLog(log.slice(0, length), execution.graph, execution.triggerNode)
          checkLog(log, execution.graph, execution.triggerNode)
        }),
        { seed, numRuns },
      )
    },
    timeLimitMs,
  )

  it(
    'folds to the same state in one piece and in two, and no fold changes a state',
    () => {
      fc.assert(
        fc.property(generatedExecution, fc.nat(), (execution, cut) => {
          const { log, state } = new SimulatedWorld(execution).run()
          const at = cut % log.length
          expect(asJson(fold(log.slice(at), fold(log.slice(0, at))))).toEqual(asJson(state))
        }),
        { seed, numRuns },
      )
    },
    timeLimitMs,
  )

  it(
    'is the same when every decision is made from a snapshot',
    () => {
      fc.assert(
        fc.property(generatedExecution, (execution) => {
          const plain = new SimulatedWorld(execution).run()
          const restored = new SimulatedWorld(execution, (state) => throughSnapshot(state, execution.graph)).run()
          expect(restored.log).toEqual(plain.log)
          expect(asJson(restored.state)).toEqual(asJson(plain.state))
        }),
        { seed, numRuns },
      )
    },
    timeLimitMs,
  )

  it(
    'is of a state that holds what is open and what can be undone, and nothing else',
    () => {
      fc.assert(
        fc.property(generatedExecution, (execution) => {
          for (const { after } of new SimulatedWorld(execution).run().turns) checkSize(after)
        }),
        { seed, numRuns },
      )
    },
    timeLimitMs,
  )
})

describe('every execution', () => {
  it(
    'comes to what the reference says wherever it crashes',
    () => {
      fc.assert(
        fc.property(generatedExecution, (execution) => {
          const { turns } = new SimulatedWorld(execution).run()
          const moments = new Set(
            turns.map(({ after }) => (after.status === 'not_started' ? 0 : elapsed(after.lastAt))),
          )
          for (const atMs of moments) {
            const crashed = withIntervention(execution, { does: 'crash', atMs })
            expect(accountOf(new SimulatedWorld(crashed).run())).toEqual(accountOfStory(expected(crashed)))
          }
        }),
        { seed, numRuns: 100 },
      )
    },
    timeLimitMs,
  )

  it(
    'comes to the same with a pause in which nothing happens',
    () => {
      fc.assert(
        fc.property(
          generatedExecution,
          fc.nat(6000),
          fc.constantFrom('frozen' as const, 'running' as const),
          (execution, atMs, timers) => {
            const world = new SimulatedWorld(execution).run()
            // Whoever pauses what already stands still takes the pause over, and must end it.
            fc.pre(world.log.every(({ type }) => type !== 'ExecutionPaused'))
            const paused = withIntervention(execution, { does: 'pause', atMs, timers, forMs: 0 })
            const { refusals: _, told: __, ...plain } = accountOf(world)
            // When it is given up because nothing comes any more, that is after all that came.
            fc.pre(plain.status !== 'cancelled')
            expect(accountOf(new SimulatedWorld(paused).run())).toMatchObject(plain)
          },
        ),
        { seed, numRuns },
      )
    },
    timeLimitMs,
  )
})

const withIntervention = (execution: GeneratedExecution, one: Intervention): GeneratedExecution => ({
  ...execution,
  interventions: [one, ...execution.interventions],
})

function throughSnapshot(state: ExecutionState, graph: Graph): ExecutionState {
  if (state.status === 'not_started') return state
  const kept: unknown = JSON.parse(JSON.stringify(snapshotOf(state, rules)))
  const restored = stateFrom(kept, graph, rules)
  if (restored === null) throw new Error('the snapshot was folded under these rules')
  return frozen(restored)
}

/** T1: what runs has something that will move it on: an attempt, a moment, or somebody who is asked. */
function checkAlive(state: ExecutionState): void {
  if (state.status !== 'running') return
  const statuses = [...state.active.keys()].map((step) => state.steps.get(step)?.status ?? 'gone')
  for (const status of statuses) {
    expect(status).toBeOneOf(['running', 'retrying', 'interrupted', 'unknown', 'child', 'delayed', 'waiting', 'open'])
  }
  if (state.pause !== null) return
  const isMoved = statuses.some((status) => ['running', 'child', 'waiting'].includes(status))
  if (!isMoved) expect(nextWakeAt(state), statuses.join(' ')).not.toBeNull()
}

/** The steps of the whole, of what is open, and of iterations in which something can be undone. */
function checkSize(state: ExecutionState): void {
  if (state.status === 'not_started') return
  const undoable = new Set<string>()
  for (let at = state.undoable; at !== null; at = at.older) undoable.add(scopeIn(at.step))
  const isKept = (scope: string): boolean =>
    scope === '' || isOpen(state, scope) || [...undoable].some((kept) => kept === scope || kept.startsWith(`${scope}/`))
  const strays = [...state.steps.keys(), ...state.arrivals.keys()].filter((step) => !isKept(scopeIn(step)))
  expect(strays).toEqual([])
}

const isOpen = ({ scopes }: Exclude<ExecutionState, { status: 'not_started' }>, scope: string): boolean =>
  [...scopes.keys()].some((open) => open === scope)
const scopeIn = (step: string): string => step.split('@')[1] ?? ''

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

  it(
    'is judged without an exception, and when it is accepted, executions of it keep the invariants',
    () => {
      let accepted = 0
      fc.assert(
        fc.property(generatedExecution, fc.array(mutation, { minLength: 1, maxLength: 3 }), (execution, mutations) => {
          const mutated = mutations.reduce<Graph | null>((graph, one) => {
            const parsed = Graph.safeParse(graph === null ? null : mutate(graph, one))
            return parsed.success ? parsed.data : null
          }, execution.graph)
          if (mutated === null || graphProblems(mutated, new Map()).length > 0) return
          const isTrigger = mutated.nodes.some(({ id, kind }) => id === execution.triggerNode && isTriggerKind(kind))
          if (!isTrigger) return
          accepted += 1
          const meets = Object.fromEntries(mutated.nodes.map(({ id }) => [id, execution.meets[id] ?? [tame]]))
          const { log } = new SimulatedWorld({ ...execution, graph: mutated, meets }).run()
          checkLog(log, mutated, execution.triggerNode)
        }),
        { seed, numRuns: 600 },
      )
      // Most mutations are refused; how many are not changes with every kind that is generated.
      expect(accepted).toBeGreaterThan(10)
    },
    timeLimitMs,
  )

  const tame: Meets = {
    attempts: [{ does: 'succeed', afterMs: 1, retryAfterMs: 0 }],
    wait: { does: 'yes', afterMs: 1 },
    child: { status: 'succeeded', afterMs: 1 },
    verdict: { outcome: 'retry', afterMs: 1, isTwice: false },
  }
  const isTriggerKind = (kind: string): boolean => ['manual', 'webhook', 'event', 'failure'].includes(kind)

  it('is decided alike by two engines that do not share what they compiled', () => {
    fc.assert(
      fc.property(generatedExecution, ({ graph, triggerNode, trigger }) => {
        const start = { triggerNode, trigger: trigger as never }
        const first = decide(startExecution(graph, start), fold([]), readFrom([]))
        const second = decide(startExecution(structuredClone(graph), start), fold([]), readFrom([]))
        expect(second.ok && second.events).toEqual(first.ok && first.events)
      }),
      { seed, numRuns: 100 },
    )
  })
})

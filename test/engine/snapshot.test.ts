import { describe, expect, it } from 'vitest'

import { decide, rules } from '../../runtime/engine/index.ts'
import { snapshotOf, stateFrom } from '../../runtime/engine/snapshot.ts'
import type { Started } from '../../runtime/engine/state.ts'
import {
  attemptFailed,
  attemptStarted,
  delayed,
  done,
  interrupted,
  made,
  skipped,
  started,
  stepCancelled,
  stepFailed,
  t0,
  wake,
} from '../support/events.ts'
import { asJson, fold, readFrom } from '../support/given.ts'
import { delay, graphOf, http, make, start } from '../support/graphs.ts'

const retry = { maxAttempts: 5 }
const ids = ['running', 'retrying', 'interrupted', 'failing', 'failed', 'cancelled']
const graph = graphOf(
  [start, ...ids.map((id) => http(id, { retry })), delay('delayed'), make('succeeded'), make('skipped')],
  [...ids, 'delayed', 'succeeded', 'skipped'].map((id) => `start -> ${id}`),
)
/** One step in each status that there is. */
const log = [
  started(graph),
  ...ids.map((id) => attemptStarted(id)),
  attemptFailed('retrying', 1, { retryAt: t0 + 500 }),
  interrupted('interrupted'),
  attemptFailed('failing'),
  attemptFailed('failed'),
  stepFailed('failed', { code: 'http_503', message: 'busy' }, { handled: 'continue', ports: ['out'] }),
  stepCancelled('cancelled'),
  delayed('delayed', t0 + 1000),
  made('succeeded'),
  skipped('skipped', ['start']),
]
const state = fold(log) as Started
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('a snapshot', () => {
  it('[SNP1] gives back a state with a step in every status, without the graph', () => {
    const kept = throughJson(snapshotOf(state, rules))
    expect(kept).not.toHaveProperty('graph')
    const restored = stateFrom(kept, graph, rules)
    expect(restored?.graph).toBe(graph)
    expect(restored === null ? null : asJson(restored)).toEqual(asJson(state))
    expect([...(restored?.steps.values() ?? [])].map(({ status }) => status).sort()).toEqual(
      [...ids, 'delayed', 'skipped', 'succeeded', 'succeeded'].sort(),
    )
  })

  it('[SNP2] leads to the same decisions as the log', () => {
    const begun = fold([started(graph), attemptStarted('retrying'), ...log.slice(7, 8), delayed('delayed', t0 + 1000)])
    const restored = stateFrom(throughJson(snapshotOf(begun as Started, rules)), graph, rules)
    if (restored === null) throw new Error('the snapshot was folded under these rules')
    const command = wake(t0 + 2000)
    const [expected, decided] = [begun, restored].map((from) => decide(command, from, readFrom(log)))
    expect(decided?.ok && decided.events).toEqual(expected?.ok && expected.events)
    expect(decided?.ok && decided.events.length).toBeGreaterThan(1)
  })

  it('[SNP3] that was folded under other rules is not used, whatever its shape', () => {
    expect(stateFrom(throughJson(snapshotOf(state, rules + 1)), graph, rules)).toBeNull()
    expect(stateFrom({ rules: rules + 1, shape: 'of tomorrow' }, graph, rules)).toBeNull()
  })

  it('[SNP4] that is damaged is an error', () => {
    expect(() => stateFrom({ rules }, graph, rules)).toThrow()
    expect(() => stateFrom('nonsense', graph, rules)).toThrow()
    const kept = throughJson(snapshotOf(state, rules)) as { steps: [string, { status: string }][] }
    const broken = { ...kept, steps: kept.steps.map(([step]) => [step, { status: 'dreaming' }]) }
    expect(() => stateFrom(broken, graph, rules)).toThrow()
  })

  it('[SNP5] holds no bodies: outputs, requests and details stay in the log', () => {
    const secret = 'a body that must stay in the log'
    const full = fold([
      started(graph, { trigger: { body: secret } }),
      attemptStarted('running', 1, t0, { request: { kind: 'http', config: { body: secret }, injections: [] } }),
      attemptFailed('running', 1, { failure: { code: 'x', message: 'y', details: secret }, retryAt: t0 + 1 }),
      done('succeeded', secret),
      stepFailed('failed', { code: 'x', message: 'y', details: secret }, { handled: 'continue' }),
    ])
    expect(JSON.stringify(snapshotOf(full as Started, rules))).not.toContain(secret)
  })
})

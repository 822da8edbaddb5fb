import { describe, expect, it } from 'vitest'

import { ExecutionCommand } from '../../schemas/execution-commands.ts'
import { Graph, NodeId, RetryPolicy } from '../../schemas/graph.ts'
import { kindNamed, portsOf } from '../../schemas/kinds/index.ts'
import { SessionToken, sessionMessage, sessionText } from '../../schemas/session.ts'
import { durationMs, IsoDuration } from '../../schemas/time.ts'

describe('a graph', () => {
  const graph = { name: 'Hello', nodes: [{ id: 'start', kind: 'manual' }], edges: [{ from: 'start', to: 'next' }] }

  it('has an empty config, the port out and no settings where nothing is said', () => {
    const { nodes, edges, settings } = Graph.parse(graph)
    expect([nodes[0]?.config, edges[0]?.port, settings]).toEqual([{}, 'out', {}])
  })

  it.each([
    { ...graph, colour: 'red' },
    { ...graph, name: '' },
    { ...graph, nodes: [{ id: 'start', kind: 'manual', colour: 'red' }] },
    { ...graph, nodes: [{ id: 'Start', kind: 'manual' }] },
    { ...graph, nodes: [{ id: 'start', kind: 'manual', join: 0 }] },
    { ...graph, nodes: [{ id: 'start', kind: 'manual', onError: 'ignore' }] },
    { ...graph, nodes: [{ id: 'start', kind: 'manual', timeoutMs: 600_001 }] },
    { ...graph, settings: { timeoutMs: 0 } },
    { ...graph, nodes: Array.from({ length: 501 }, (_, index) => ({ id: `n${index}`, kind: 'manual' })) },
  ])('is none with %j', (value) => {
    expect(Graph.safeParse(value).success).toBe(false)
  })

  it.each(['a', 'a1_b', 'z'.repeat(64)])('may have a node %s', (id) => {
    expect(NodeId.safeParse(id).success).toBe(true)
  })

  it.each(['', '1a', 'a-b', 'a.b', 'a@b', 'é', 'z'.repeat(65)])('may not have a node %s', (id) => {
    expect(NodeId.safeParse(id).success).toBe(false)
  })

  it('retries after a second, then twice as long each time, to a minute, give or take a tenth', () => {
    expect(RetryPolicy.parse({ maxAttempts: 3 })).toEqual({
      maxAttempts: 3,
      initialIntervalMs: 1000,
      backoffCoefficient: 2,
      maxIntervalMs: 60_000,
      jitter: 0.1,
    })
    expect(RetryPolicy.safeParse({ maxAttempts: 101 }).success).toBe(false)
  })
})

describe('the ports of a node', () => {
  it('are those of its kind, error when it leaves by it, and compensate when it acts', () => {
    const rules = [
      { port: 'a', when: 'true' },
      { port: 'a', when: 'false' },
    ]
    expect(portsOf({ kind: 'condition', config: { rules } })).toEqual(['a', 'else'])
    expect(portsOf({ kind: 'condition', config: { rules }, onError: 'port' })).toEqual(['a', 'else', 'error'])
    const request = { kind: 'http', config: { url: 'https://api.example' }, onError: 'port' } as const
    expect(portsOf(request)).toEqual(['out', 'error', 'compensate'])
    expect(portsOf({ ...request, onError: 'continue' })).toEqual(['out', 'compensate'])
    expect(portsOf({ kind: 'each', config: { items: '[]' } })).toEqual(['body', 'out', 'error'])
    expect(portsOf({ kind: 'fail', config: { message: 'no' } })).toEqual([])
  })

  it('are not known when the node is broken', () => {
    expect([portsOf({ kind: 'http', config: {} }), portsOf({ kind: 'teleport', config: {} })]).toEqual([[], []])
    expect([kindNamed('teleport'), kindNamed('toString')]).toEqual([undefined, undefined])
  })
})

describe('a duration', () => {
  it.each([
    ['PT90S', 90_000],
    ['PT1H30M', 5_400_000],
    ['P1D', 86_400_000],
    ['P1DT2H3M4S', 93_784_000],
    ['PT0S', 0],
  ])('is %s', (text, ms) => {
    expect(IsoDuration.parse(text)).toBe(text)
    expect(durationMs(text)).toBe(ms)
  })

  it.each(['', 'P', 'PT', 'P1DT', 'P1M', 'P1Y', 'PT1.5S', '90', 'PT1S ', '-PT1S', 'PT1S1M', 'PT1234567S'])(
    'is not %j',
    (text) => {
      expect(IsoDuration.safeParse(text).success).toBe(false)
    },
  )
})

describe('a command', () => {
  it.each([0, 0.5, 0.999_999])('may bring the chance %s', (chance) => {
    expect(ExecutionCommand.safeParse({ type: 'Wake', now: 1, chance, inFlight: [] }).success).toBe(true)
  })

  it.each([1, -0.1, Number.NaN])('may not bring the chance %s', (chance) => {
    expect(ExecutionCommand.safeParse({ type: 'Wake', now: 1, chance, inFlight: [] }).success).toBe(false)
  })

  it('is not at a time before 1970, nor between two milliseconds', () => {
    for (const now of [-1, 0.5]) {
      expect(ExecutionCommand.safeParse({ type: 'CancelExecution', now, reason: '' }).success).toBe(false)
    }
  })
})

describe('a session token', () => {
  const signature = 'a'.repeat(64)

  it('is read and written as one text', () => {
    const token = SessionToken.parse(`v1.1767225600000.${signature}`)
    expect(token).toEqual({ expiresAt: 1_767_225_600_000, signature })
    expect(sessionText(token)).toBe(`v1.1767225600000.${signature}`)
    expect(sessionMessage(token.expiresAt)).toBe('stepwell-session:v1:1767225600000')
  })

  it.each([`v2.1.${signature}`, `v1.01.${signature}`, `v1.1.${signature}0`, `v1..${signature}`, 'v1.1.', ''])(
    'is not %s',
    (text) => {
      expect(SessionToken.safeParse(text).success).toBe(false)
    },
  )
})

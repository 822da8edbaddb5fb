import { describe, expect, it } from 'vitest'
import { Graph } from '../../schemas/graph.ts'
import { canvasGraph, edgeFate, stepLabel, stepTitle } from '../../studio/model/graph-canvas.ts'
import { readingOrder } from '../../studio/model/graph-frames.ts'
import { attemptAt, portsLeft, stepStatusAt } from '../../studio/model/step-status.ts'
import { logOf, recorded, step, triage, triageLog } from './support/triage-log.ts'

const whole = logOf(triageLog)
const statuses = (position: number) =>
  Object.fromEntries(triage.nodes.map(({ id }) => [id, stepStatusAt(whole, position, step(id))]))
const fateIn = (log: typeof whole, position: number, edge: ReturnType<typeof canvasGraph>['edges'][number]) =>
  edgeFate(edge, portsLeft(log, position, step(edge.from)), stepStatusAt(log, position, step(edge.to)))
const fates = (position: number) =>
  Object.fromEntries(canvasGraph(triage).edges.map((edge) => [edge.id, fateIn(whole, position, edge)]))

describe('canvas', () => {
  it('draws nodes with their names, kinds and the ports that edges leave by', () => {
    const route = canvasGraph(triage).nodes.find((node) => node.id === 'route')
    expect(route).toMatchObject({ label: 'Which way?', kindTitle: 'Condition', hasInput: true })
    expect(route?.ports.map((port) => port.name)).toEqual(['bug', 'else'])
    expect(canvasGraph(triage).nodes.find((node) => node.id === 'hook')).toMatchObject({
      label: 'hook',
      hasInput: false,
    })
  })

  it('names an edge by its port, but not by the plain one', () => {
    expect(canvasGraph(triage).edges.map((edge) => edge.label)).toEqual([null, 'bug', 'else', null, null])
  })

  it('leaves out edges that a broken draft has to nodes that are not there', () => {
    const broken = Graph.parse({ name: 'x', nodes: [{ id: 'a', kind: 'manual' }], edges: [{ from: 'a', to: 'gone' }] })
    expect(canvasGraph(broken).edges).toEqual([])
  })

  it('shows the status of every step at a position', () => {
    expect(statuses(0)).toEqual({
      hook: 'pending',
      route: 'pending',
      notify: 'pending',
      thank: 'pending',
      reply: 'pending',
    })
    expect(statuses(4)).toEqual({
      hook: 'succeeded',
      route: 'succeeded',
      notify: 'running',
      thank: 'skipped',
      reply: 'pending',
    })
    expect(statuses(5)).toMatchObject({ notify: 'retrying' })
    expect(statuses(9)).toEqual({
      hook: 'succeeded',
      route: 'succeeded',
      notify: 'succeeded',
      thank: 'skipped',
      reply: 'succeeded',
    })
  })

  it('shows each edge open, taken or dead at a position', () => {
    expect(fates(0)).toEqual({
      'hook:out:route': 'open',
      'route:bug:notify': 'open',
      'route:else:thank': 'open',
      'notify:out:reply': 'open',
      'thank:out:reply': 'open',
    })
    expect(fates(4)).toEqual({
      'hook:out:route': 'taken',
      'route:bug:notify': 'taken',
      'route:else:thank': 'dead',
      'notify:out:reply': 'open',
      'thank:out:reply': 'dead',
    })
    expect(fates(9)).toMatchObject({ 'notify:out:reply': 'taken', 'thank:out:reply': 'dead' })
  })

  it('lets the edges of cancelled and unreached steps die with the execution', () => {
    const cancelled = recorded([
      ...triageLog.slice(0, 4),
      { type: 'StepCancelled', at: 1, step: step('notify') },
      { type: 'ExecutionCancelled', at: 1, reason: 'enough' },
    ])
    const log = logOf(cancelled)
    const fateOf = (id: string) =>
      canvasGraph(triage)
        .edges.filter((edge) => edge.id === id)
        .map((edge) => fateIn(log, cancelled.length, edge))
    expect(fateOf('notify:out:reply')).toEqual(['dead'])
    expect(fateOf('thank:out:reply')).toEqual(['dead'])
  })

  it('counts attempts, and has none for steps that are computed', () => {
    expect(attemptAt(whole, 0, step('notify'))).toBe(0)
    expect(attemptAt(whole, 4, step('notify'))).toBe(1)
    expect(attemptAt(whole, 6, step('notify'))).toBe(2)
    expect(attemptAt(whole, 9, step('route'))).toBe(0)
    expect(attemptAt(whole, 9, step('thank'))).toBe(0)
  })

  it('reads a graph layer by layer, from the top', () => {
    expect(readingOrder(triage).map((node) => node.id)).toEqual(['hook', 'route', 'notify', 'thank', 'reply'])
  })

  it('calls a step as its node is called, inside a container too', () => {
    expect(stepLabel(step('route'), triage)).toBe('Which way?')
    expect(stepLabel(step('route@each_order[3]'), triage)).toBe('Which way?')
    expect(stepLabel(step('gone'), triage)).toBe('gone')
    expect(stepTitle(step('route'), triage)).toBe('Which way?')
    expect(stepTitle(step('route@each_order[3]/each_line[0]'), triage)).toBe('Which way? [3][0]')
  })
})

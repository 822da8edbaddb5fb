import { describe, expect, it } from 'vitest'

import { iterationOf, rootScope, stepIn } from '../../runtime/engine/step-key.ts'
import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import { type ScopePath, StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { graphOf, http, make, type NodeText, nodeId, start } from '../support/graphs.ts'
import { list, node, thrice } from './refused-graph.ts'

const problemsOf = (nodes: readonly NodeText[], edges: readonly string[]) =>
  graphProblems(graphOf(nodes, edges), new Map())

const called = (id: string, of: NodeText): NodeText => ({ ...of, id })

describe('a graph is accepted', () => {
  it('[VAL32][VAL33] whose texts read the iterations that they are in', () => {
    const nodes = [
      start,
      make('before'),
      called(
        'orders',
        node('each', { items: 'trigger.body', collect: '[item, index, steps.note.output, steps.orders.item]' }),
      ),
      thrice('again', { parent: 'orders' }),
      list('lines', { parent: 'again' }),
      make(
        'work',
        '{{ item }} {{ index }} {{ previous }} {{ steps.orders.item.id }} {{ steps.again.index }} {{ steps.lines.index }} {{ steps.before.output.value }}',
        { parent: 'lines' },
      ),
      {
        ...called(
          'note',
          node('log', { message: '{{ item }} {{ steps.again.output.last }} {{ steps.before.output }}' }),
        ),
        parent: 'orders',
      },
    ]
    const edges = [
      'start -> before',
      'before -> orders',
      'orders.body -> again',
      'again.body -> lines',
      'lines.body -> work',
      'again -> note',
    ]
    expect(problemsOf(nodes, edges)).toEqual([])
  })

  it('[VAL32][VAL33] whose rule of a repeat reads the steps inside it, and whose match reads the signal', () => {
    const rule = 'index < 10 && steps.poll.output.status == 202 && steps.before.output.value == "x"'
    const match = 'signal.id == item.id && steps.before.output.value == "x" && index >= 0'
    const nodes = [
      start,
      make('before', 'x'),
      called('again', node('repeat', { while: rule, maxIterations: 10 })),
      http('poll', { parent: 'again' }),
      list('orders'),
      { ...called('paid', node('wait', { for: 'signal', name: 'paid', match })), parent: 'orders' },
    ]
    const edges = ['start -> before', 'before -> again', 'again.body -> poll', 'again -> orders', 'orders.body -> paid']
    expect(problemsOf(nodes, edges)).toEqual([])
  })

  it('[VAL31][VAL34] whose undoing steps read what they undo, and what that could read', () => {
    const undone =
      '{{ item }} {{ steps.before.output.value }} {{ steps.charge.output.body.id }} {{ steps.orders.item }}'
    const nodes = [
      start,
      make('before'),
      list('orders'),
      http('charge', { parent: 'orders' }),
      { ...called('refund', node('workflow', { workflowId: 'refunds', input: undone })), parent: 'orders' },
      http('book'),
      make('note', '{{ steps.book.output.status }} {{ steps.orders.output[0] }}'),
    ]
    const edges = [
      'start -> before',
      'before -> orders',
      'orders.body -> charge',
      'charge.compensate -> refund',
      'orders -> book',
      'book.compensate -> note',
    ]
    expect(problemsOf(nodes, edges)).toEqual([])
  })

  it('[VAL16] that reads what each kind puts out', () => {
    const nodes = [
      start,
      called('approve', node('wait', { for: 'approval', timeoutMs: 1000 })),
      called('paid', node('wait', { for: 'signal', name: 'paid' })),
      called('child', node('workflow', { workflowId: 'other' })),
      called('note', node('workflow', { workflowId: 'other', wait: false })),
      called('sum', node('code', { source: 'export default () => ({ total: 1 })' })),
      make('last', [
        '{{ steps.approve.output.decision }} {{ steps.approve.output.data.comment }} {{ steps.paid.output.amount }}',
        '{{ steps.child.output.anything }} {{ steps.sum.output.total }} {{ steps.note.output.executionId }} {{ steps.note.?output.?other.orValue("") }}',
      ]),
    ]
    const edges = [
      'start -> approve',
      'approve.approved -> paid',
      'approve.timeout -> note',
      'paid -> child',
      'child -> note',
      'note -> sum',
      'sum -> last',
    ]
    expect(problemsOf(nodes, edges)).toEqual([])
  })

  it('[VAL16] that reads what each trigger brings', () => {
    const text =
      '{{ trigger.error.code }} {{ trigger.workflow.name }} {{ trigger.execution.triggerNode }} {{ trigger.data.x }} {{ trigger.at }}'
    const triggers = [
      called('failed', node('failure', {})),
      called('paid', node('event', { name: 'order.paid', filter: 'trigger.data.total > 1 && trigger.id != ""' })),
    ]
    expect(problemsOf([...triggers, make('last', text)], ['failed -> last', 'paid -> last'])).toEqual([])
    expect(
      problemsOf(
        [...triggers, make('last', '{{ trigger.error.reason }} {{ trigger.body }}')],
        ['failed -> last', 'paid -> last'],
      ),
    ).toMatchObject([
      { message: 'trigger.error.reason: there is no reason', mend: 'use one of code, message, step' },
      { message: 'trigger.body: there is no body', mend: 'use one of workflow, execution, error, name, data, id, at' },
    ])
  })

  it('[VAL25] with an approval that leaves by its error port, and a signal that is not waited for any longer', () => {
    const nodes = [
      start,
      { ...called('approve', node('wait', { for: 'approval' })), onError: 'port' as const },
      { ...called('paid', node('wait', { for: 'signal', name: 'paid', timeoutMs: 10 })), onError: 'continue' as const },
    ]
    expect(problemsOf(nodes, ['start -> approve', 'approve.error -> paid'])).toEqual([])
  })

  it('[VAL28] with as many containers inside each other as may be, and room for the longest key of a step', () => {
    const depths = Array.from({ length: limits.containerDepth }, (_, depth) => depth)
    const ids = depths.map((depth) => `c${depth}`.padEnd(limits.nodeIdLength, 'x'))
    const containers = ids.map((id, depth) => thrice(id, depth === 0 ? {} : { parent: ids[depth - 1] ?? '' }))
    const last = 'w'.repeat(limits.nodeIdLength)
    const edges = ids.map((id, depth) => `${depth === 0 ? 'start' : `${ids[depth - 1]}.body`} -> ${id}`)
    const nodes = [start, ...containers, make(last, 'x', { parent: ids.at(-1) ?? '' })]
    expect(problemsOf(nodes, [...edges, `${ids.at(-1)}.body -> ${last}`])).toEqual([])

    // No list has more elements than a body has bytes.
    const index = Math.max(limits.repeatIterations, limits.stepOutputBytes)
    const scope = ids.reduce<ScopePath>((outer, id) => iterationOf(stepIn(outer, nodeId(id)), index), rootScope)
    expect(StepKey.safeParse(stepIn(scope, nodeId(last))).success).toBe(true)
  })
})

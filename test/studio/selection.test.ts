import { describe, expect, it } from 'vitest'
import { rootScope } from '../../runtime/engine/index.ts'
import type { ScopePath } from '../../schemas/graph.ts'
import { lastPosition } from '../../studio/model/execution-log.ts'
import { nothingSelected, readSelection, selectionSearch, shownStep } from '../../studio/model/selection.ts'
import { failAttempt, startExecution } from '../support/events.ts'
import { each, graphOf, http, inside, nodeId, start } from '../support/graphs.ts'
import { told } from './support/engine-log.ts'

const graph = graphOf(
  [
    start,
    each('orders', { concurrency: 4, onItemError: 'continue' }),
    each('lines', { items: '[1, 2]' }, inside('orders')),
    http('pack', inside('lines')),
    http('charge', inside('orders')),
  ],
  ['start -> orders', 'orders.body -> lines', 'orders.body -> charge', 'lines.body -> pack'],
)
const path = (text: string) => text as ScopePath

describe('a selection in the URL', () => {
  it('is the step with its iteration, and the iteration alone where the step is further out', () => {
    for (const search of [
      { step: 'charge@orders[3]' },
      { step: 'pack@orders[3]/lines[0]' },
      { step: 'start' },
      { step: 'orders', in: 'orders[3]/lines[1]' },
      { step: 'charge@orders[3]', in: 'orders[3]/lines[1]' },
      { step: 'charge' },
      { in: 'orders[2]' },
      {},
    ]) {
      const { step, in: within } = selectionSearch(readSelection(search, graph), graph)
      expect({ step, in: within }).toEqual({ step: search.step, in: search.in })
    }
  })

  it('drops what the graph does not have, so that an old link still opens', () => {
    expect(readSelection({ step: 'gone@orders[1]' }, graph)).toEqual({ node: null, iteration: 'orders[1]' })
    expect(readSelection({ step: 'charge@lines[1]' }, graph)).toEqual({ node: 'charge', iteration: '' })
    expect(readSelection({ step: 'charge', in: 'orders[x]' }, graph)).toEqual({ node: 'charge', iteration: '' })
    expect(readSelection({}, graph)).toEqual(nothingSelected)
  })
})

describe('the step that a node shows', () => {
  const trigger = { body: { items: [0, 1, 2] } }
  const begun = told(startExecution(graph, { trigger }))
  const shown = (log: typeof begun, iteration: ScopePath, node: string) =>
    shownStep(log, lastPosition(log), iteration, nodeId(node), graph)

  it('is in the chosen iteration of every container round it', () => {
    expect(shown(begun, path('orders[1]/lines[0]'), 'pack')).toBe('pack@orders[1]/lines[0]')
    expect(shown(begun, path('orders[1]/lines[0]'), 'charge')).toBe('charge@orders[1]')
    expect(shown(begun, path('orders[1]/lines[0]'), 'orders')).toBe('orders')
  })

  it('is in the newest iteration where nobody chose one, and in the first that failed as soon as one has', () => {
    expect(shown(begun, rootScope, 'charge')).toBe('charge@orders[2]')
    expect(shown(begun, path('orders[0]'), 'pack')).toBe('pack@orders[0]/lines[1]')
    const failed = told(
      startExecution(graph, { trigger }),
      failAttempt('charge@orders[1]', { retryable: false }),
      failAttempt('charge@orders[0]', { retryable: false }),
    )
    expect(shown(failed, rootScope, 'charge')).toBe('charge@orders[0]')
    expect(shownStep(failed, 2, rootScope, nodeId('charge'), graph)).toBe('charge@orders[0]')
  })
})

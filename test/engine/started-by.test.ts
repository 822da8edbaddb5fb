import { describe, expect, it } from 'vitest'

import { startedByEvent, startedByFailure } from '../../runtime/engine/started-by.ts'
import type { FailureTrigger } from '../../schemas/project-messages.ts'
import { t0 } from '../support/events.ts'
import { graphOf, make, nodeId, start } from '../support/graphs.ts'

const told = (id: string, kind: string, config: Record<string, unknown>) => ({ id, kind, config })
const paid = (data: unknown) => ({ name: 'order.paid', data, id: 'event-1', at: t0 })

const failedIn = (workflowId: string): FailureTrigger => ({
  workflow: { id: workflowId, name: 'Billing', version: 1 },
  execution: { id: 'execution-1', startedAt: t0, endedAt: t0, triggerNode: nodeId('start') },
  error: { code: 'http_503', message: 'busy', step: null },
})

describe('an event', () => {
  const filter = 'trigger.data.total > 30'
  const graph = graphOf(
    [
      start,
      told('every', 'event', { name: 'order.paid' }),
      told('large', 'event', { name: 'order.paid', filter }),
      told('other', 'event', { name: 'order.sent' }),
      make('next'),
    ],
    ['start -> next', 'every -> next', 'large -> next', 'other -> next'],
  )

  it('[KND18] starts the triggers of its name whose filter is true', () => {
    expect(startedByEvent(graph, paid({ total: 40 }))).toEqual([
      { nodeId: 'every', verdict: 'starts' },
      { nodeId: 'large', verdict: 'starts' },
    ])
    expect(startedByEvent(graph, { ...paid({}), name: 'order.lost' })).toEqual([])
  })

  it('[KND18] is filtered where the filter is false, and where it cannot be evaluated', () => {
    expect(startedByEvent(graph, paid({ total: 20 }))[1]).toEqual({
      nodeId: 'large',
      verdict: 'filtered',
      reason: `the filter was false: ${filter}`,
    })
    expect(startedByEvent(graph, paid(null))[1]).toMatchObject({
      verdict: 'filtered',
      reason: expect.stringContaining('trigger.data') as string,
    })
  })
})

describe('a failure', () => {
  const graph = graphOf(
    [start, told('every', 'failure', {}), told('some', 'failure', { workflows: ['billing', 'alarms'] }), make('next')],
    ['start -> next', 'every -> next', 'some -> next'],
  )

  it('[KND19] starts the triggers that name its workflow, or none', () => {
    expect(startedByFailure(graph, 'alarms', failedIn('billing'))).toEqual(['every', 'some'])
    expect(startedByFailure(graph, 'alarms', failedIn('shipping'))).toEqual(['every'])
  })

  it('[KND19] starts nothing in its own workflow, also where that is named', () => {
    expect(startedByFailure(graph, 'alarms', failedIn('alarms'))).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'

import { assert } from '../../runtime/engine/index.ts'
import { executionView } from '../../runtime/objects/execution-view.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Aim } from './aimed-fault.ts'
import { type CanonicalWorkflow, canonicalWorkflows } from './canonical-workflows.ts'
import type { ExecutionRecord } from './execution-record.ts'
import type { Fault } from './faults.ts'
import { type Ran, runAimed } from './run-aimed.ts'

/** Every kind of operation, and each way in which one of them can fail, crash before it takes effect, or crash after it. */
const operations: Readonly<Record<string, readonly Fault[]>> = {
  commit: ['commit fails', 'crash before commit', 'crash after commit'],
  statement: ['statement fails'],
  append: ['append fails', 'crash before append', 'crash after append'],
  snapshot: ['snapshot fails', 'crash before snapshot', 'crash after snapshot'],
  attempt: ['endpoint fails', 'endpoint resets', 'crash before attempt', 'endpoint kills'],
  call: [
    'object overloaded',
    'request lost',
    'reply lost',
    'caller crashes before call',
    'callee crashes before call',
    'callee crashes before reply',
    'caller crashes before reply',
    'crash after reply',
  ],
  load: ['load fails'],
  'going on after a wait': ['object killed', 'object replaced'],
  'setting an alarm': ['setting an alarm fails', 'crash after setting an alarm', 'alarm forgotten'],
  alarm: ['alarm lost', 'crash before alarm', 'crash after alarm', 'alarm twice'],
}
const faults = Object.values(operations).flat()
const cases = new Map<Fault, number>()
const eventTypes = new Set<string>()

describe.each(Object.entries<CanonicalWorkflow>(canonicalWorkflows))('%s', (_name, workflow) => {
  it.each(faults)(
    'ends as its specification says, whichever operation it is: %s',
    { timeout: 60_000 },
    async (fault) => {
      for (let n = 1; ; n += 1) {
        const ran = await runAimed(workflow, { fault, n })
        expectEnd(ran, workflow, { fault, n })
        for (const { type } of ran.root.events) eventTypes.add(type)
        ran.world.close()
        if (!ran.hasStruck) break
        cases.set(fault, (cases.get(fault) ?? 0) + 1)
      }
    },
  )
})

describe('the operations', () => {
  it('were all met', () => {
    const total = [...cases.values()].reduce((sum, count) => sum + count, 0)
    process.stdout.write(`${total} operations failed or crashed: ${JSON.stringify(Object.fromEntries(cases))}\n`)
    expect(faults.filter((fault) => !cases.has(fault))).toEqual([])
    // Some of them left open what a step did that acts at most once.
    expect(eventTypes).toContain('UnknownAnswered')
  })
})

function expectEnd({ world, root, hasStruck }: Ran, workflow: CanonicalWorkflow, aim: Aim): void {
  const { effects, isInOrder = false } = workflow
  const { state } = root
  const about = `${aim.fault}, number ${aim.n}\n${world.story.join('\n')}`
  assert(state.status !== 'not_started', 'who is at rest has started')
  const { status, output, error } = executionView(state, (position) => eventAt(root, position))
  const failure = hasStruck ? (workflow.endsBy?.[aim.fault] ?? workflow.failure) : workflow.failure
  const end = failure === undefined ? { status: 'succeeded', output: workflow.output } : { status: 'failed' }
  expect({ status, output, error: error?.code }, about).toEqual({ output: undefined, error: failure, ...end })
  // A first start of which nothing was kept has used up an id.
  const all = world.endpoint.ledger.map(({ key }) => key.replace(root.id, 'x1'))
  const keys = [...new Set(all)]
  expect(isInOrder ? keys : keys.toSorted(), about).toEqual(effects)
  for (const { id, once } of workflow.graph.nodes) {
    if (once === true)
      expect(
        all.filter((key) => key === `x1.${id}`),
        about,
      ).toHaveLength(1)
  }
}

function eventAt({ events }: ExecutionRecord, position: number): ExecutionEvent {
  const event = events[position - 1]
  assert(event !== undefined, `the log has position ${position}`)
  return event
}

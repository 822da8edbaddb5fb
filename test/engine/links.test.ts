import { describe, expect, it } from 'vitest'

import { batchOf } from '../../runtime/engine/batch.ts'
import { decide, initialState, type Started } from '../../runtime/engine/index.ts'
import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { ExecutionEvent, Injection } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { attemptStarted, requestOf, startExecution, started, t0 } from '../support/events.ts'
import { given, readFrom } from '../support/given.ts'
import { graphOf, http, type NodeText, nodeId, start, step } from '../support/graphs.ts'

const wait = (id: string, config: Record<string, unknown>, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'wait',
  config,
  ...more,
})
const mail = (text: string, more: Partial<NodeText> = {}): NodeText =>
  http('mail', { config: { method: 'POST', url: 'https://api.example/mail', body: { text } }, ...more })

/** An order is asked about once, and each of its lines by itself. */
const parent = nodeId('each_line')
const orders = graphOf(
  [
    start,
    wait('approve', { for: 'approval' }),
    { id: 'each_line', kind: 'each', config: { items: 'trigger.body.lines' } },
    mail('{{ links.approve }} {{ links.check }}', { parent }),
    wait('check', { for: 'callback' }, { parent }),
  ],
  ['start -> approve', 'start -> each_line', 'each_line.body -> mail', 'mail -> check'],
)
const starting = (count: number): ExecutionCommand =>
  startExecution(orders, { trigger: { body: { lines: Array.from({ length: count }, (_, line) => line) } } })

/** What the steps that begin with a command link to. */
function linksAfter(command: ExecutionCommand): Injection['parts'][] {
  const decision = decide(command, initialState(), readFrom([]))
  return decision.ok ? decision.events.flatMap(injected) : []
}
const injected = (event: ExecutionEvent): Injection['parts'][] =>
  event.type === 'AttemptStarted' ? (event.request?.injections ?? []).map(({ parts }) => parts) : []

describe('a link', () => {
  it('[LNK1][LNK3] is a handle in the request, and its wait may begin later', () => {
    const graph = graphOf(
      [start, mail('Please look: {{ links.approve }}'), wait('approve', { for: 'approval' })],
      ['start -> mail', 'mail -> approve'],
    )
    const handle = { link: step('approve'), executionId: 'execution-1', for: 'approval' as const }
    const { config } = requestOf('mail')
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        attemptStarted('mail', 1, t0, {
          request: {
            kind: 'http',
            config: { ...config, method: 'POST', body: { text: 'Please look: ••• (link approve)' } },
            injections: [{ path: ['body', 'text'], parts: [{ text: 'Please look: ' }, handle] }],
          },
        }),
      )
    expect(graphProblems(graph, new Map())).toEqual([])
  })

  it('[LNK2] is one for each iteration, and one for all of them when the wait is outside', () => {
    const approve = { link: 'approve', executionId: 'execution-1', for: 'approval' }
    const check = (index: number) => ({
      link: `check@each_line[${index}]`,
      executionId: 'execution-1',
      for: 'callback',
    })
    expect(linksAfter(starting(2))).toEqual([
      [approve, { text: ' ' }, check(0)],
      [approve, { text: ' ' }, check(1)],
    ])
  })

  it('[LNK2] leads out of the child execution that works on a batch, when the wait is outside', () => {
    const log: ExecutionEvent[] = []
    const decision = decide(starting(limits.eachItems + 1), initialState(), readFrom(log))
    if (!decision.ok) throw new Error(decision.rejection.reason)
    log.push(...decision.events)
    const [batchStep] = decision.events.flatMap((event) => (event.type === 'AttemptStarted' ? [event.step] : []))
    if (batchStep === undefined) throw new Error('a long list is worked on in batches')
    const { batch, trigger } = batchOf(decision.state as Started, readFrom(log), batchStep)
    const [first] = linksAfter(startExecution(orders, { executionId: 'execution-2', trigger, batch }))
    expect(first).toEqual([
      { link: 'approve', executionId: 'execution-1', for: 'approval' },
      { text: ' ' },
      { link: 'check@each_line[0]', executionId: 'execution-2', for: 'callback' },
    ])
  })

  it('[LNK4] may lead to any wait of its own container and of those round it', () => {
    const problems = graphProblems(orders, new Map())
    expect(problems.filter(({ field }) => field?.startsWith('config.body') ?? false)).toEqual([])
  })
})

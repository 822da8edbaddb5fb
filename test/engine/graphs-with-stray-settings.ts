import type { NodeText } from '../support/graphs.ts'
import { delay, http, make, start } from '../support/graphs.ts'
import { after, list, node, problem, type RefusedGraph } from './refused-graph.ts'

const retry = { maxAttempts: 2 }
const onlyActs = 'only steps that act on the world make attempts'

const stray = (id: string, field: string, kind: string, reason: string) =>
  problem(id, field, 'unknown_field', `${field} has no effect on ${kind}: ${reason}`, 'remove it')

const approval = (more: Partial<NodeText> = {}): NodeText => ({ ...node('wait', { for: 'approval' }), ...more })

/** Settings of nodes that nothing would read. */
export const graphsWithStraySettings: readonly RefusedGraph[] = [
  {
    name: '[VAL24] settings of attempts on nodes that make none',
    nodes: [
      { ...start, retry },
      make('it', 'it', { timeoutMs: 10, once: true }),
      { ...delay('pause', 1), retry, timeoutMs: 10 },
      list('each', { once: false }),
      make('inner', 'x', { parent: 'each' }),
    ],
    edges: ['start -> it', 'it -> pause', 'pause -> each', 'each.body -> inner'],
    problems: [
      stray('start', 'retry', 'manual', onlyActs),
      stray('it', 'timeoutMs', 'transform', onlyActs),
      stray('it', 'once', 'transform', onlyActs),
      stray('pause', 'retry', 'delay', onlyActs),
      stray('pause', 'timeoutMs', 'delay', onlyActs),
      stray('each', 'once', 'each', onlyActs),
    ],
  },
  {
    name: '[VAL24] a trigger that says what happens when it fails, and which edges it waits for',
    nodes: [{ ...start, onError: 'continue', join: 2 }],
    edges: [],
    problems: [
      stray('start', 'onError', 'manual', 'a trigger does not fail'),
      stray('start', 'join', 'manual', 'no edge leads into a trigger'),
    ],
  },
  after(
    '[VAL24] a policy of retries on a step that acts at most once',
    http('it', { retry, once: true }),
    stray('it', 'retry', 'http', 'with once nothing is tried again'),
  ),
  after(
    '[VAL24] a time limit of attempts on a step that starts a workflow, and a start that is made once anyway',
    { ...node('workflow', { workflowId: 'other' }), timeoutMs: 10, once: true },
    stray(
      'it',
      'timeoutMs',
      'workflow',
      'the time limit of the workflow that it starts is in the settings of that one',
    ),
    stray('it', 'once', 'workflow', 'started again, the same child goes on'),
  ),
  after(
    '[VAL24] a time limit of attempts on a wait',
    approval({ timeoutMs: 10 }),
    stray('it', 'timeoutMs', 'wait', 'the time limit of a wait is in its config'),
  ),
  after(
    '[VAL24] what happens when a fail step fails',
    { ...node('fail', { message: 'no' }), onError: 'continue' },
    stray('it', 'onError', 'fail', 'it ends the execution'),
  ),
  {
    name: '[VAL24] what happens after a step that undoes another, and which edges it waits for',
    nodes: [start, http('charge'), http('refund', { onError: 'continue', join: 'any' })],
    edges: ['start -> charge', 'charge.compensate -> refund'],
    problems: [
      stray(
        'refund',
        'onError',
        'http',
        'after a step that undoes another the next one is undone, whatever it came to',
      ),
      stray('refund', 'join', 'http', 'one edge leads to a step that undoes another'),
    ],
  },
  after(
    '[VAL25] an approval that would go on without a decision',
    approval({ onError: 'continue' }),
    problem(
      'it',
      'onError',
      'invalid_field',
      'an approval without a decision goes on neither by approved nor by rejected',
      'use port, and lead an edge from error',
    ),
  ),
  {
    name: '[VAL26] an edge from the timeout of a wait that has no time limit',
    nodes: [start, approval(), make('late')],
    edges: ['start -> it', 'it.timeout -> late'],
    problems: [
      problem(
        'it',
        'config.timeoutMs',
        'missing_field',
        'an edge leads from timeout, and the wait has no time limit',
        'set timeoutMs, or remove the edge',
      ),
    ],
  },
]

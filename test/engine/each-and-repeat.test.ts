import { describe, expect, it } from 'vitest'

import { statusOf } from '../../runtime/engine/index.ts'
import { limits } from '../../schemas/limits.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  done,
  executionFailed,
  failAttempt,
  made,
  startExecution,
  started,
  stepFailed,
  succeed,
  succeeded,
} from '../support/events.ts'
import { given, logOf } from '../support/given.ts'
import { each, graphOf, http, inside, make, repeat, start } from '../support/graphs.ts'
import {
  asked,
  eachStarted,
  iterated,
  iterationFailed,
  iterationStarted,
  repeatStarted,
} from '../support/whole-events.ts'

const starting = (items: unknown) => ({ trigger: { body: { items } } })

describe('an each', () => {
  const edges = ['start -> orders', 'orders.body -> check']
  const checking = (config = {}, more = {}) =>
    graphOf([start, each('orders', config, more), http('check', inside('orders'))], edges)

  it('[EAC1] begins with its items, and ends at once when there are none', () => {
    const graph = checking()
    given()
      .when(startExecution(graph, starting([])))
      .then(started(graph, starting([])), eachStarted('orders', []), done('orders', []), succeeded('orders'))
  })

  it('[EAC2] works on so many of them at once, in the order of their indices', () => {
    const graph = checking({ concurrency: 2 })
    const begun = [
      started(graph, starting(['a', 'b', 'c'])),
      eachStarted('orders', ['a', 'b', 'c'], { concurrency: 2 }),
      iterationStarted('orders', 0),
      attemptStarted('check@orders[0]'),
      iterationStarted('orders', 1),
      attemptStarted('check@orders[1]'),
    ]
    given()
      .when(startExecution(graph, starting(['a', 'b', 'c'])))
      .then(...begun)
    given(...begun)
      .when(succeed('check@orders[1]', 'B'))
      .then(
        done('check@orders[1]', 'B', { attempt: 1 }),
        iterated('orders', 1, ['check@orders[1]', 7], { bytes: 4 }),
        iterationStarted('orders', 2),
        attemptStarted('check@orders[2]'),
      )
  })

  it('[EAC3] gives the results in the order of the items, whatever order they were done in', () => {
    const graph = checking()
    const log = logOf(
      startExecution(graph, starting(['a', 'b', 'c'])),
      succeed('check@orders[2]', 'C'),
      succeed('check@orders[0]', 'A'),
    )
    given(...log)
      .when(succeed('check@orders[1]', 'B'))
      .then(
        done('check@orders[1]', 'B', { attempt: 1 }),
        iterated('orders', 1, ['check@orders[1]', 13], { bytes: 4 }),
        done('orders', ['A', 'B', 'C']),
        succeeded('orders'),
      )
  })

  it('[EAC4] keeps of each what `collect` gives in its scope', () => {
    const graph = checking({ collect: '{"order": item, "at": index, "said": steps.check.output}' })
    given(...logOf(startExecution(graph, starting(['a']))))
      .when(succeed('check@orders[0]', 'A'))
      .then(
        done('check@orders[0]', 'A', { attempt: 1 }),
        iterated('orders', 0, { shape: 'collected', value: { order: 'a', at: 0, said: 'A' } }, { bytes: 32 }),
        done('orders', [{ order: 'a', at: 0, said: 'A' }]),
        succeeded('orders'),
      )
  })

  it('[EAC4] fails at an item of which `collect` fails, or goes on without it', () => {
    const log = logOf(startExecution(checking({ collect: 'item.id' }), starting(['a'])))
    const failed = given(...log).when(succeed('check@orders[0]', 'A'))
    expect(failed.state).toMatchObject({ status: 'failed', failedStep: 'orders' })
    const going = checking({ collect: 'item.id', onItemError: 'continue' })
    const went = given(...logOf(startExecution(going, starting(['a'])))).when(succeed('check@orders[0]', 'A'))
    expect(went.state).toMatchObject({ status: 'succeeded' })
  })

  it('[EAC5] goes on without an item that failed, whose result is the error', () => {
    const graph = checking({ onItemError: 'continue' })
    const log = logOf(startExecution(graph, starting(['a', 'b'])), failAttempt('check@orders[1]'))
    expect(log.at(-1)).toEqual(iterationFailed('orders', 1, 'check@orders[1]'))
    given(...log)
      .when(succeed('check@orders[0]', 'A'))
      .then(
        done('check@orders[0]', 'A', { attempt: 1 }),
        iterated('orders', 0, ['check@orders[0]', 10], { bytes: 4 }),
        done('orders', ['A', { error: { ...busy, step: 'check@orders[1]' } }]),
        succeeded('orders'),
      )
  })

  it('[EAC5] remembers how many failed, and which first', () => {
    const graph = checking({ onItemError: 'continue' })
    const after = given(
      ...logOf(startExecution(graph, starting(['a', 'b', 'c'])), failAttempt('check@orders[2]')),
    ).when(failAttempt('check@orders[1]'))
    const current = after.state.status === 'not_started' ? undefined : after.state.steps.get('orders' as never)
    expect(current).toMatchObject({ status: 'open', iterations: { failed: 2, firstFailed: 1 } })
    expect(statusOf(after.state)).toBe('running')
  })

  it('[EAC6] fails when `items` fails or gives no list', () => {
    const graph = checking()
    const failure = { code: 'expression_failed', message: '`items` must give a list: put [ ] round a single item' }
    given()
      .when(startExecution(graph, starting('a')))
      .then(started(graph, starting('a')), stepFailed('orders', failure), executionFailed(failure, 'orders'))
    const missing = given().when(startExecution(graph)).state
    expect(missing).toMatchObject({ status: 'failed', failedStep: 'orders' })
  })
})

describe('a repeat', () => {
  const trying = (config: Record<string, unknown>, more = {}) =>
    graphOf(
      [start, repeat('tries', config, more), http('check', inside('tries'))],
      ['start -> tries', 'tries.body -> check'],
    )
  const tried = (index: number, output: unknown) => succeed(`check@tries[${index}]`, output)

  it('[REP1] asks its rule before the first iteration, and does nothing when it does not hold', () => {
    const graph = trying({ while: 'trigger.body.total > 100' })
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        repeatStarted('tries'),
        done(
          'tries',
          { iterations: 0, isExhausted: false, last: null },
          asked('trigger.body.total > 100', { 'trigger.body.total': 40 }, false),
        ),
        succeeded('tries'),
      )
  })

  it('[REP1] records its rule with the first iteration', () => {
    const graph = trying({ while: 'index < 2' })
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        repeatStarted('tries'),
        iterationStarted('tries', 0, asked('index < 2', { index: 0 }, true)),
        attemptStarted('check@tries[0]'),
      )
  })

  const untilDone = 'steps.check.output != "done"'

  it('[REP1] asks nothing before the first iteration when the rule reads what is inside', () => {
    const graph = trying({ while: untilDone })
    given()
      .when(startExecution(graph))
      .then(started(graph), repeatStarted('tries'), iterationStarted('tries', 0), attemptStarted('check@tries[0]'))
  })

  it('[REP2][REP6] asks its rule at the end of an iteration, and begins the next one', () => {
    const graph = trying({ while: `${untilDone} && index < 5` })
    given(...logOf(startExecution(graph)))
      .when(tried(0, 'not yet'))
      .then(
        done('check@tries[0]', 'not yet', { attempt: 1 }),
        iterated(
          'tries',
          0,
          ['check@tries[0]', 5],
          asked(`${untilDone} && index < 5`, { 'steps.check.output': 'not yet', index: 1 }, true),
        ),
        iterationStarted('tries', 1),
        attemptStarted('check@tries[1]'),
      )
  })

  it('[REP3] ends when its rule holds no more, with the number of iterations and the last result', () => {
    const graph = trying({ while: untilDone })
    given(...logOf(startExecution(graph), tried(0, 'not yet')))
      .when(tried(1, 'done'))
      .then(
        done('check@tries[1]', 'done', { attempt: 1 }),
        iterated('tries', 1, ['check@tries[1]', 9], asked(untilDone, { 'steps.check.output': 'done' }, false)),
        done('tries', { iterations: 2, isExhausted: false, last: 'done' }),
        succeeded('tries'),
      )
  })

  it('[REP4] ends after so many iterations anyway, and says so', () => {
    const graph = trying({ while: 'true', maxIterations: 2 })
    const log = logOf(startExecution(graph), tried(0, 'a'), tried(1, 'b'))
    expect(log.slice(-2)).toEqual([done('tries', { iterations: 2, isExhausted: true, last: 'b' }), succeeded('tries')])
  })

  it('[REP5] fails when its rule fails, before or after an iteration', () => {
    const before = given().when(startExecution(trying({ while: 'trigger.body.missing' })))
    expect(before.state).toMatchObject({ status: 'failed', failedStep: 'tries', scopes: { size: 0 } })
    const log = logOf(startExecution(trying({ while: 'steps.check.output.missing' })))
    const after = given(...log).when(tried(0, {}))
    expect(after.state).toMatchObject({ status: 'failed', failedStep: 'tries' })
  })

  it('[REP5] fails when its result is too large', () => {
    const text = 'x'.repeat(limits.stepOutputBytes - 10)
    const after = given(...logOf(startExecution(trying({ while: 'false || steps.check.output == ""' })))).when(
      tried(0, text),
    )
    expect(after.state).toMatchObject({ status: 'failed', failedStep: 'tries' })
  })

  it('[CON5] fails with an iteration that failed, and leaves by its own error port', () => {
    const graph = graphOf(
      [start, repeat('tries', { while: 'true' }, { onError: 'port' }), http('check', inside('tries')), make('mend')],
      ['start -> tries', 'tries.body -> check', 'tries.error -> mend'],
    )
    given(...logOf(startExecution(graph), tried(0, 'a')))
      .when(failAttempt('check@tries[1]'))
      .then(
        attemptFailed('check@tries[1]'),
        stepFailed('check@tries[1]', busy),
        stepFailed(
          'tries',
          { code: 'iteration_failed', message: 'iteration 1 failed at check@tries[1]: busy' },
          { handled: 'port', ports: ['error'] },
        ),
        made('mend'),
        succeeded('mend'),
      )
  })
})

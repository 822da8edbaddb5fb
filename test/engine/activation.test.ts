import { describe, expect, it } from 'vitest'

import { decide, initialState } from '../../runtime/engine/index.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  done,
  failAttempt,
  made,
  skipped,
  startExecution,
  started,
  stepFailed,
  succeed,
  succeeded,
} from '../support/events.ts'
import { given, readFrom } from '../support/given.ts'
import { condition, graphOf, http, make, start } from '../support/graphs.ts'

const rule = (port: string, when: string, total: number, result: boolean) => ({
  port,
  when,
  operands: { 'trigger.body.total': total },
  result,
})
const routed = (id: string, ports: string[], decision: ReturnType<typeof rule>[]) =>
  done(id, { ports }, { ports, decision })
const big = 'trigger.body.total > 100'
const small = 'trigger.body.total < 100'
const hundred = 'trigger.body.total < 101'

describe('an edge', () => {
  it('[ACT1] is taken from a port that the step leaves by and dead from the others', () => {
    const graph = graphOf(
      [start, condition('size', { big }), make('for_big'), make('for_others')],
      ['start -> size', 'size.big -> for_big', 'size.else -> for_others'],
    )
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        routed('size', ['else'], [rule('big', big, 40, false)]),
        skipped('for_big', ['size.big']),
        made('for_others'),
        succeeded('for_others'),
      )
  })

  it('[ACT2] is dead when it leaves a skipped step', () => {
    const graph = graphOf(
      [start, condition('size', { big }), make('first'), make('second'), make('third')],
      ['start -> size', 'size.big -> first', 'first -> second', 'second -> third'],
    )
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        routed('size', ['else'], [rule('big', big, 40, false)]),
        skipped('first', ['size.big']),
        skipped('second', ['first']),
        skipped('third', ['second']),
        succeeded(null),
      )
  })

  it('[ACT3] is dead when it leaves a trigger that did not start the execution', () => {
    const graph = graphOf(
      [start, { id: 'hook', kind: 'webhook' }, make('by_hand'), make('by_hook'), make('both')],
      ['start -> by_hand', 'hook -> by_hook', 'by_hand -> both', 'by_hook -> both'],
    )
    given()
      .when(startExecution(graph, { triggerNode: 'hook' }))
      .then(
        started(graph, { triggerNode: 'hook' }),
        skipped('by_hand', ['start']),
        made('by_hook'),
        made('both'),
        succeeded('both'),
      )
  })
})

describe('a join of all', () => {
  const graph = graphOf(
    [start, http('left'), http('right'), make('both')],
    ['start -> left', 'start -> right', 'left -> both', 'right -> both'],
  )

  it('[ACT4] waits until every edge is decided', () => {
    given(started(graph), attemptStarted('left'), attemptStarted('right'))
      .when(succeed('left', 'L'))
      .then(done('left', 'L', { attempt: 1 }))
  })

  it('[ACT4] begins when the last edge is decided', () => {
    given(started(graph), attemptStarted('left'), attemptStarted('right'), done('left', 'L', { attempt: 1 }))
      .when(succeed('right', 'R'))
      .then(done('right', 'R', { attempt: 1 }), made('both'), succeeded('both'))
  })

  it('[ACT4] begins when some edges are dead and one is taken', () => {
    const routes = graphOf(
      [start, condition('size', { big, small }), make('for_big'), make('for_small'), make('after')],
      ['start -> size', 'size.big -> for_big', 'size.small -> for_small', 'for_big -> after', 'for_small -> after'],
    )
    given()
      .when(startExecution(routes))
      .then(
        started(routes),
        routed('size', ['small'], [rule('big', big, 40, false), rule('small', small, 40, true)]),
        skipped('for_big', ['size.big']),
        made('for_small'),
        made('after'),
        succeeded('after'),
      )
  })

  it('[ACT7] is skipped when every edge is dead', () => {
    const routes = graphOf(
      [start, condition('size', { big, small }), make('after')],
      ['start -> size', 'size.big -> after', 'size.else -> after'],
    )
    given()
      .when(startExecution(routes))
      .then(
        started(routes),
        routed('size', ['small'], [rule('big', big, 40, false), rule('small', small, 40, true)]),
        skipped('after', ['size.big', 'size.else']),
        succeeded(null),
      )
  })
})

describe('a join of any', () => {
  const graph = graphOf(
    [start, http('left'), http('right'), make('first', 'first', { join: 'any' })],
    ['start -> left', 'start -> right', 'left -> first', 'right -> first'],
  )
  const both = [started(graph), attemptStarted('left'), attemptStarted('right')]

  it('[ACT5] begins with the first taken edge', () => {
    given(...both)
      .when(succeed('right', 'R'))
      .then(done('right', 'R', { attempt: 1 }), made('first'))
  })

  it('[ACT8] takes no notice of a branch that ends later', () => {
    given(...both, done('right', 'R', { attempt: 1 }), made('first'))
      .when(succeed('left', 'L'))
      .then(done('left', 'L', { attempt: 1 }), succeeded('first'))
  })

  it('[ACT7] is skipped when every edge is dead', () => {
    const routes = graphOf(
      [start, condition('size', { big, huge: big }), make('after', 'after', { join: 'any' })],
      ['start -> size', 'size.big -> after', 'size.huge -> after'],
    )
    given()
      .when(startExecution(routes))
      .then(
        started(routes),
        routed('size', ['else'], [rule('big', big, 40, false), rule('huge', big, 40, false)]),
        skipped('after', ['size.big', 'size.huge']),
        succeeded(null),
      )
  })
})

describe('a join of a number', () => {
  const graph = graphOf(
    [start, http('a'), http('b'), http('c'), make('two', 'two', { join: 2 })],
    ['start -> a', 'start -> b', 'start -> c', 'a -> two', 'b -> two', 'c.out -> two'],
  )
  const all = [started(graph), attemptStarted('a'), attemptStarted('b'), attemptStarted('c')]

  it('[ACT6] waits while fewer edges are taken', () => {
    given(...all)
      .when(succeed('a', 1))
      .then(done('a', 1, { attempt: 1 }))
  })

  it('[ACT6] begins when so many edges are taken', () => {
    given(...all, done('a', 1, { attempt: 1 }))
      .when(succeed('c', 3))
      .then(done('c', 3, { attempt: 1 }), made('two'))
  })

  it('[ACT7] is skipped when every edge is decided and too few are taken', () => {
    const failing = graphOf(
      [start, http('a'), http('b', { onError: 'port' }), make('two', 'two', { join: 2 })],
      ['start -> a', 'start -> b', 'a -> two', 'b -> two'],
    )
    given(started(failing), attemptStarted('a'), attemptStarted('b'), done('a', 1, { attempt: 1 }))
      .when(failAttempt('b'))
      .then(
        attemptFailed('b'),
        stepFailed('b', busy, { handled: 'port', ports: ['error'] }),
        skipped('two', ['b']),
        succeeded(null),
      )
  })

  it('[ACT9] counts edges, also when two of them come from one step', () => {
    const twice = graphOf(
      [start, condition('size', { small, hundred }, { mode: 'every' }), make('two', 'two', { join: 2 })],
      ['start -> size', 'size.small -> two', 'size.hundred -> two'],
    )
    given()
      .when(startExecution(twice))
      .then(
        started(twice),
        routed('size', ['small', 'hundred'], [rule('small', small, 40, true), rule('hundred', hundred, 40, true)]),
        made('two'),
        succeeded('two'),
      )
  })
})

describe('a condition', () => {
  it('[KND1] records what its rules read, up to a bound for all of them', () => {
    const when = 'trigger.body.size() > 0'
    const rules = Array.from({ length: 50 }, (_, index) => [`p${index}`, index === 49 ? when : `!(${when})`] as const)
    const long = [1, 2, 3].map((one) => `trigger.long${one} != ''`).join(' && ')
    const many = Object.fromEntries(rules.map(([port, rule]) => [port, `${rule} && ${long}`]))
    const graph = graphOf([start, condition('size', many, { mode: 'every' })], ['start -> size'])
    const text = 'x'.repeat(2000)
    const trigger = { body: text, long1: text, long2: text, long3: text }
    const decision = decide(startExecution(graph, { trigger }), initialState(), readFrom([]))
    const event = decision.ok ? decision.events[1] : undefined
    if (event?.type !== 'StepSucceeded') throw new Error('the condition succeeds')
    const operands = (event.decision ?? []).flatMap((rule) => Object.values(rule.operands))
    expect([event.ports, operands.length]).toEqual([['p49'], 200])
    expect(operands.filter((operand) => operand === text).length).toBe(130)
    expect(operands.at(-1)).toEqual({ $cut: '' })
  })
})

import { describe, expect, it } from 'vitest'

import type { Started } from '../../runtime/engine/state.ts'
import { limits } from '../../schemas/limits.ts'
import { signal } from '../support/commands.ts'
import { done, made, startExecution, started, succeed, succeeded } from '../support/events.ts'
import { eventsOf, fold, given, logOf } from '../support/given.ts'
import { each, graphOf, http, inside, make, signalled, start } from '../support/graphs.ts'
import { signalAwaited, signalReceived, took } from '../support/whole-events.ts'

const rule = (when: string, operands: Record<string, unknown>, result: boolean) => ({
  port: 'out',
  when,
  operands: operands as never,
  result,
})
const ofAda = 'signal.who == "Ada"'

describe('a signal', () => {
  const graph = graphOf([start, signalled('pay'), make('after')], ['start -> pay', 'pay -> after'])
  const waiting = [started(graph), signalAwaited('pay')]

  it('[WTS2] ends the step that waits for it, whose output is where the signal is', () => {
    given(...waiting)
      .when(signal({ sum: 5 }))
      .then(signalReceived({ sum: 5 }), took('pay', 3), made('after'), succeeded('after'))
  })

  it('[WTS2] goes to the step that waited first, and to one only', () => {
    const ids = ['d', 'h', 'b', 'f', 'a', 'g', 'c', 'e']
    const many = graphOf(
      [start, ...ids.map((id) => signalled(id))],
      ids.map((id) => `start -> ${id}`),
    )
    const log = [started(many), ...ids.map((id) => signalAwaited(id))]
    for (const id of ids) {
      const events = eventsOf(log, signal(1))
      expect(events.slice(0, 2)).toEqual([signalReceived(1), took(id, log.length + 1)])
      log.push(...events)
    }
  })

  it('[WTS3] goes to the first whose match holds; what the others made of it is recorded', () => {
    const match = (id: string, who: string) => signalled(id, { match: `signal.who == "${who}"` })
    const two = graphOf([start, match('of_bob', 'Bob'), match('of_ada', 'Ada')], ['start -> of_bob', 'start -> of_ada'])
    const who = { 'signal.who': 'Ada' }
    given(started(two), signalAwaited('of_bob'), signalAwaited('of_ada'))
      .when(signal({ who: 'Ada' }))
      .then(
        signalReceived(
          { who: 'Ada' },
          { considered: [{ step: 'of_bob' as never, rule: rule('signal.who == "Bob"', who, false) }] },
        ),
        took('of_ada', 4, { decision: [rule(ofAda, who, true)] }),
      )
  })

  it('[WTS3] records no more of the others than there is room for', () => {
    const items = Array.from({ length: limits.consideredListed + 1 }, (_, index) => index)
    const config = { concurrency: limits.eachConcurrency }
    const many = graphOf(
      [start, each('orders', config), signalled('pay', { match: 'signal == -1' }, inside('orders'))],
      ['start -> orders', 'orders.body -> pay'],
    )
    const log = logOf(startExecution(many, { trigger: { body: { items } } }), signal(0))
    const last = log.at(-1)
    expect(last?.type === 'SignalReceived' && last.considered?.length).toBe(limits.consideredListed)
  })

  it('[WTS4] that no step waits for is kept, and taken by the first that begins to', () => {
    const later = graphOf([start, http('fetch'), signalled('pay')], ['start -> fetch', 'fetch -> pay'])
    const log = logOf(startExecution(later), signal('first'), signal('second'))
    expect(log.slice(2)).toEqual([signalReceived('first'), signalReceived('second')])
    const after = given(...log).when(succeed('fetch', null))
    after.then(done('fetch', null, { attempt: 1 }), signalAwaited('pay'), took('pay', 3), succeeded('pay'))
    expect(after.state).toMatchObject({ signals: { size: 1 } })
  })

  it('[WTS4] that is kept is taken by the first whose match holds, the oldest of those', () => {
    const later = graphOf(
      [start, http('fetch'), signalled('pay', { match: ofAda }), signalled('again', { match: ofAda })],
      ['start -> fetch', 'fetch -> pay', 'pay -> again'],
    )
    const [bob, ada] = [{ who: 'Bob' }, { who: 'Ada', sum: 1 }]
    const log = logOf(startExecution(later), signal(bob), signal(ada), signal({ who: 'Ada', sum: 2 }))
    const decision = [rule(ofAda, { 'signal.who': 'Ada' }, true)]
    given(...log)
      .when(succeed('fetch', null))
      .then(
        done('fetch', null, { attempt: 1 }),
        signalAwaited('pay'),
        took('pay', 4, { decision }),
        signalAwaited('again'),
        took('again', 5, { decision }),
        succeeded('again'),
      )
  })

  it('[WTS4] of another name is not taken', () => {
    given(...waiting)
      .when(signal(1, { name: 'shipped' }))
      .then(signalReceived(1, { name: 'shipped' }))
  })

  it('[WTS5] of which a match cannot be evaluated is not taken by it', () => {
    const matched = graphOf([start, signalled('pay', { match: ofAda })], ['start -> pay'])
    const after = given(started(matched), signalAwaited('pay')).when(signal({}))
    const [received] = after.state.status === 'not_started' ? [] : [...after.state.signals.entries()]
    expect(received).toEqual(['paid', [3]])
    const log = logOf(startExecution(matched), signal({}))
    expect(log.at(-1)).toMatchObject({ considered: [{ rule: { result: false, error: expect.any(String) } }] })
  })

  it('[WTS6] with the id of an earlier one changes nothing', () => {
    const log = logOf(startExecution(graph), signal(1, { name: 'shipped', id: 'delivery-1' }))
    expect(log.at(-1)).toEqual(signalReceived(1, { name: 'shipped', id: 'delivery-1' }))
    given(...log)
      .when(signal(2, { id: 'delivery-1' }))
      .then()
  })

  it('[WTS7] is one too many when so many are kept, unless a step takes it', () => {
    const kept = Array.from({ length: limits.signalsKept }, () => signal(1, { name: 'shipped' }))
    const log = logOf(startExecution(graph), ...kept)
    const tooMany = { reason: 'too_many_signals', limit: limits.signalsKept } as const
    given(...log)
      .when(signal(1, { name: 'shipped' }))
      .thenRejected(tooMany)
    given(...log)
      .when(signal(5))
      .then(signalReceived(5), took('pay', 3 + kept.length), made('after'), succeeded('after'))
  })

  it('[WTS7] with an id is one too many when so many ids are known', () => {
    const state = fold(waiting) as Started
    const ids = Array.from({ length: limits.signalIds }, (_, index) =>
      signalReceived(1, { name: 'x', id: `id-${index}` }),
    )
    expect((fold(ids, state) as Started).signalIds.size).toBe(limits.signalIds)
    given(...waiting, ...ids)
      .when(signal(1, { id: 'one-more' }))
      .thenRejected({ reason: 'too_many_signals', limit: limits.signalIds })
  })

  it('[WTS7] has a limit in size', () => {
    const message = `a signal has at most ${limits.signalBytes} bytes of JSON, and this one has ${limits.signalBytes + 1}`
    given(...waiting)
      .when(signal('x'.repeat(limits.signalBytes - 1)))
      .thenRejected({ reason: 'form_mismatch', issues: [{ path: '', message }] })
  })
})

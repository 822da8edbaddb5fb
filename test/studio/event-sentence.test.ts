import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ExecutionEvent } from '../../schemas/execution-events.ts'
import { eventRow } from '../../studio/model/event-sentence.ts'
import { done, t0 as engineT0 } from '../support/events.ts'
import { approval, each, graphOf, inside, make, repeat, signalled, start } from '../support/graphs.ts'
import {
  asked,
  eachStarted,
  iterated,
  iterationFailed,
  iterationStarted,
  parentHeard,
  paused,
  signalAwaited,
  took,
  undoing,
  unknownAnswered,
} from '../support/whole-events.ts'
import { id, step, t0, triage, triageLog } from './support/triage-log.ts'

const sentence = (event: ExecutionEvent): string => eventRow({ ...event, position: 1 }, triage).sentence

describe('event sentences', () => {
  it('tell the story of an execution', () => {
    expect(triageLog.map((event) => eventRow(event, triage).sentence)).toEqual([
      'Version 3 of Triage started by hook.',
      'Which way? leaves by bug: trigger.body.crash was true.',
      'thank is skipped: Which way? did not leave by else.',
      'notify: attempt 1 leaves, to be answered within 30 s.',
      'notify: attempt 1 failed, The server answered 503. The next follows in 1.0 s.',
      'notify: attempt 2 leaves, to be answered within 30 s.',
      'notify succeeded at attempt 2.',
      'reply answers the caller with 200.',
      'The execution succeeded.',
    ])
  })

  it('say how a failure was handled', () => {
    const failed = {
      type: 'StepFailed',
      at: t0,
      step: step('notify'),
      failure: { code: 'x', message: 'No route' },
    } as const
    expect(sentence({ ...failed, handled: 'fail', ports: [] })).toBe('notify failed: No route.')
    expect(sentence({ ...failed, handled: 'port', ports: ['error'] })).toBe(
      'notify failed: No route. It leaves by error.',
    )
    expect(sentence({ ...failed, handled: 'continue', ports: ['out'] })).toBe(
      'notify failed: No route. The workflow goes on without its output.',
    )
  })

  it('say when no attempt is left', () => {
    expect(
      sentence({
        type: 'AttemptFailed',
        at: t0,
        step: step('notify'),
        attempt: 3,
        failure: { code: 'x', message: 'Busy!' },
      }),
    ).toBe('notify: attempt 3 failed, Busy! No attempt is left.')
  })

  it('say why nothing held in a condition, and name every port of one that opened several', () => {
    const decided = { type: 'StepSucceeded', at: t0, step: step('route'), output: null } as const
    const rule = { port: 'bug', when: 'a &&\n  b', operands: {} }
    expect(sentence({ ...decided, ports: ['else'], decision: [{ ...rule, result: false }] })).toBe(
      'Which way? leaves by else: no rule held.',
    )
    expect(
      sentence({
        ...decided,
        ports: ['bug', 'other'],
        decision: [
          { ...rule, result: true },
          { ...rule, port: 'other', when: 'c', result: true },
        ],
      }),
    ).toBe('Which way? leaves by bug, other: a && b was true, c was true.')
  })

  it('cover interruptions, late answers, delays, cancelling and skipping', () => {
    expect(sentence({ type: 'AttemptInterrupted', at: t0, step: step('notify'), attempt: 1 })).toContain(
      'the process stopped during attempt 1',
    )
    expect(
      sentence({
        type: 'AttemptIgnored',
        at: t0,
        step: step('notify'),
        attempt: 1,
        outcome: 'succeeded',
        reason: 'timed out',
      }),
    ).toContain('a late answer to attempt 1 (succeeded) is ignored: timed out.')
    expect(sentence({ type: 'DelayStarted', at: t0, step: step('thank'), until: t0 + 90_000 })).toBe(
      'thank waits 1 min 30 s.',
    )
    expect(sentence({ type: 'StepCancelled', at: t0, step: step('notify') })).toBe('notify is cancelled.')
    expect(sentence({ type: 'ExecutionCancelled', at: t0, reason: 'By Ana' })).toBe(
      'The execution was cancelled: By Ana.',
    )
    expect(
      sentence({ type: 'ExecutionFailed', at: t0, failure: { code: 'x', message: 'Broken' }, step: step('route') }),
    ).toBe('The execution failed at Which way?: Broken.')
    expect(sentence({ type: 'ExecutionFailed', at: t0, failure: { code: 'x', message: 'Too late' } })).toBe(
      'The execution failed: Too late.',
    )
    expect(
      sentence({
        type: 'StepSkipped',
        at: t0,
        step: step('reply'),
        deadEdges: [
          { from: id('notify'), port: 'out' },
          { from: id('thank'), port: 'out' },
        ],
      }),
    ).toBe('reply is skipped: notify did not lead here, nor did 1 other edge.')
    expect(sentence({ type: 'StepSkipped', at: t0, step: step('hook'), deadEdges: [] })).toBe(
      'hook is skipped: nothing leads to it.',
    )
  })

  it('carry position, time, step and tone beside the words', () => {
    expect(eventRow({ type: 'StepCancelled', at: 7, step: step('notify'), position: 12 }, triage)).toMatchObject({
      position: 12,
      at: 7,
      step: 'notify',
      tone: 'stopped',
    })
    expect(
      eventRow({ type: 'ExecutionSucceeded', at: 7, output: { shape: 'none' }, position: 13 }, triage),
    ).toMatchObject({ step: null, tone: 'good' })
  })

  it('tell every kind of event in a whole sentence', () => {
    const folder = join(import.meta.dirname, '../schemas/published-events')
    for (const name of readdirSync(folder)) {
      const { log } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { log: unknown[] }
      const events = log.map((event) => ExecutionEvent.parse(event))
      const [first] = events
      if (first?.type !== 'ExecutionStarted') throw new Error('a log begins with the start')
      for (const event of events) {
        const row = eventRow({ ...event, position: 1 }, first.graph)
        expect(row.sentence).toMatch(/^\S.*[.!?]$/)
        expect(row.sentence).not.toMatch(/undefined|null|NaN|\[object/)
      }
    }
  })

  it('name an iteration as the engine does, and the rule of a repeat', () => {
    const graph = graphOf(
      [start, each('orders'), repeat('poll', { while: 'index < 3' }), make('look', 1, inside('poll'))],
      ['start -> orders', 'start -> poll', 'poll.body -> look'],
    )
    const told = (event: ExecutionEvent): string => eventRow({ ...event, position: 1 }, graph).sentence
    expect(told(eachStarted('orders', [1]))).toBe('orders begins with 1 item, at most 10 at once.')
    expect(told(eachStarted('orders', [1, 2], { batchSize: 1 }))).toBe(
      'orders begins with 2 items, 1 in each execution that it starts.',
    )
    expect(told(eachStarted('orders', []))).toBe('orders has no items.')
    expect(told(iterationStarted('orders', 3))).toBe('orders: item 3 begins.')
    expect(told(iterationFailed('orders', 3, 'look@orders[3]'))).toBe(
      'orders: item 3 failed at look [3], busy. The others go on.',
    )
    expect(told(iterated('poll', 0, { shape: 'none' }, asked('index < 3', { index: 1 }, true)))).toBe(
      'poll: iteration 0 is done: index < 3 was true.',
    )
  })

  it('say who waits for what, who took it, and what people did', () => {
    const graph = graphOf([start, signalled('wait'), approval('ask')], ['start -> wait', 'start -> ask'])
    const told = (event: ExecutionEvent): string => eventRow({ ...event, position: 1 }, graph).sentence
    expect(told(signalAwaited('wait', { until: engineT0 + 60_000 }))).toBe(
      'wait waits for the signal “paid”, at most 1 min.',
    )
    expect(told(took('wait', 4))).toBe('wait goes on.')
    expect(told(done('ask', { decision: 'rejected' }, { ports: ['rejected'] }))).toBe('ask is rejected.')
    expect(told(done('wait', null, { ports: ['timeout'] }))).toBe('wait waited in vain, and leaves by timeout.')
    expect(told(unknownAnswered('wait', 'retry'))).toBe('wait: a person says that it is to be tried again.')
    expect(told(paused(engineT0, { reason: 'parent' }))).toBe(
      'The execution is paused with the one that started it: nothing begins, and timers stand still.',
    )
    expect(told(parentHeard('resume', 7))).toBe('The execution that started this one has told it to resume.')
    expect(told(undoing(['start', 'wait', 'ask', 'start'], { type: 'cancelled', reason: 'x' }))).toBe(
      'What was done is being undone, the newest first: start, wait, ask and 1 other.',
    )
  })
})

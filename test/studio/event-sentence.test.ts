import { describe, expect, it } from 'vitest'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { eventRow } from '../../studio/model/event-sentence.ts'
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
})

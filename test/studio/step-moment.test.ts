import { describe, expect, it } from 'vitest'
import { executionOutput, executionTrigger } from '../../studio/model/execution-output.ts'
import { stepMoment } from '../../studio/model/step-moment.ts'
import { recorded, step, t0, triageLog } from './support/triage-log.ts'

const notifyAt = (position: number) => stepMoment(triageLog.slice(0, position), step('notify'))

describe('a step at a moment', () => {
  it('knows nothing before the first event about it', () => {
    expect(notifyAt(3)).toMatchObject({ attempts: [], request: null, output: null, events: [] })
  })

  it('has the request, the key and the attempt in flight', () => {
    expect(notifyAt(4)).toMatchObject({
      request: { kind: 'http' },
      idempotencyKey: 'k1',
      attempts: [{ attempt: 1, startedAt: t0 + 20, endedAt: null, outcome: 'in flight' }],
      output: null,
    })
  })

  it('keeps each attempt with how it ended, and the request of the first', () => {
    expect(notifyAt(7)).toMatchObject({
      request: { kind: 'http' },
      attempts: [
        { attempt: 1, endedAt: t0 + 120, outcome: 'failed', failure: { code: 'http_503' }, retryAt: t0 + 1_120 },
        { attempt: 2, endedAt: t0 + 1_200, outcome: 'succeeded', failure: null },
      ],
      output: { value: { status: 200 } },
    })
  })

  it('takes the trigger as the output of the node that started the execution', () => {
    expect(stepMoment(triageLog, step('hook')).output).toEqual({ value: { body: { crash: true } } })
  })

  it('shows the decision as it was recorded, and the answer to the caller', () => {
    expect(stepMoment(triageLog, step('route')).decision).toHaveLength(1)
    expect(stepMoment(triageLog, step('reply')).response).toEqual({ status: 200, headers: {} })
  })

  it('shows an interrupted attempt, a failure, a delay and a cancelled step', () => {
    const interrupted = recorded([
      ...triageLog.slice(0, 4),
      { type: 'AttemptInterrupted', at: t0 + 30, step: step('notify'), attempt: 1 },
    ])
    expect(stepMoment(interrupted, step('notify')).attempts).toMatchObject([
      { outcome: 'interrupted', endedAt: t0 + 30 },
    ])
    const failure = { code: 'timeout', message: 'No answer' }
    const failed = recorded([
      ...triageLog.slice(0, 4),
      { type: 'StepFailed', at: t0 + 40, step: step('notify'), failure, handled: 'fail', ports: [] },
    ])
    expect(stepMoment(failed, step('notify'))).toMatchObject({ failure, attempts: [{ outcome: 'failed' }] })
    const cancelled = recorded([...triageLog.slice(0, 4), { type: 'StepCancelled', at: t0 + 40, step: step('notify') }])
    expect(stepMoment(cancelled, step('notify')).attempts).toMatchObject([{ outcome: 'cancelled' }])
    const delayed = recorded([
      ...triageLog.slice(0, 1),
      { type: 'DelayStarted', at: t0, step: step('route'), until: t0 + 9 },
    ])
    expect(stepMoment(delayed, step('route')).delayUntil).toBe(t0 + 9)
  })
})

describe('output of an execution', () => {
  it('is that of the step the end names, once it has ended', () => {
    expect(executionOutput(triageLog)).toEqual({ value: 'filed' })
    expect(executionOutput(triageLog.slice(0, 8))).toBeNull()
  })

  it('is an object by step when several made it, and absent when none did', () => {
    const body = triageLog.slice(0, 8)
    const several = recorded([
      ...body,
      { type: 'ExecutionSucceeded', at: t0, output: { shape: 'steps', steps: [step('notify'), step('reply')] } },
    ])
    expect(executionOutput(several)).toEqual({ value: { notify: { status: 200 }, reply: 'filed' } })
    expect(
      executionOutput(recorded([...body, { type: 'ExecutionSucceeded', at: t0, output: { shape: 'none' } }])),
    ).toBeNull()
  })

  it('begins with the trigger', () => {
    expect(executionTrigger(triageLog)).toEqual({ value: { body: { crash: true } } })
    expect(executionTrigger([])).toBeNull()
  })
})

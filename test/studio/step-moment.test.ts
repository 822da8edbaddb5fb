import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import { executionOutput, executionTrigger } from '../../studio/model/execution-output.ts'
import { stepMoment } from '../../studio/model/step-moment.ts'
import { logOf, recorded, step, t0, triageLog } from './support/triage-log.ts'

const whole = logOf(triageLog)
const notifyAt = (position: number) => stepMoment(whole, position, step('notify'))
const momentOf = (events: readonly RecordedEvent[], name: string) =>
  stepMoment(logOf(events), events.length, step(name))
const outputOf = (events: readonly RecordedEvent[]) => executionOutput(logOf(events), events.length)

describe('a step at a moment', () => {
  it('knows nothing before the first event about it', () => {
    expect(notifyAt(3)).toMatchObject({ attempts: [], request: null, output: null })
  })

  it('has the request, the key and the attempt in flight', () => {
    expect(notifyAt(4)).toMatchObject({
      request: { position: 4, value: { kind: 'http' } },
      idempotencyKey: 'k1',
      attempts: [{ attempt: 1, startedAt: t0 + 20, endedAt: null, outcome: 'in flight' }],
      output: null,
    })
  })

  it('keeps each attempt with how it ended, and the request of the first', () => {
    expect(notifyAt(7)).toMatchObject({
      request: { position: 4, value: { kind: 'http' } },
      attempts: [
        { attempt: 1, endedAt: t0 + 120, outcome: 'failed', failure: { code: 'http_503' }, retryAt: t0 + 1_120 },
        { attempt: 2, endedAt: t0 + 1_200, outcome: 'succeeded', failure: null },
      ],
      output: { value: { status: 200 } },
    })
  })

  it('takes the trigger as the output of the node that started the execution', () => {
    expect(momentOf(triageLog, 'hook').output).toEqual({ value: { body: { crash: true } } })
  })

  it('shows the decision as it was recorded, and the answer to the caller', () => {
    expect(momentOf(triageLog, 'route').decision).toHaveLength(1)
    expect(momentOf(triageLog, 'reply').response).toEqual({ status: 200, headers: {} })
  })

  it('shows an interrupted attempt, a failure, a delay and a cancelled step', () => {
    const interrupted = recorded([
      ...triageLog.slice(0, 4),
      { type: 'AttemptInterrupted', at: t0 + 30, step: step('notify'), attempt: 1 },
    ])
    expect(momentOf(interrupted, 'notify').attempts).toMatchObject([{ outcome: 'interrupted', endedAt: t0 + 30 }])
    const failure = { code: 'timeout', message: 'No answer' }
    const failed = recorded([
      ...triageLog.slice(0, 4),
      { type: 'StepFailed', at: t0 + 40, step: step('notify'), failure, handled: 'fail', ports: [] },
    ])
    expect(momentOf(failed, 'notify')).toMatchObject({ failure, attempts: [{ outcome: 'failed' }] })
    const cancelled = recorded([...triageLog.slice(0, 4), { type: 'StepCancelled', at: t0 + 40, step: step('notify') }])
    expect(momentOf(cancelled, 'notify').attempts).toMatchObject([{ outcome: 'cancelled' }])
    const delayed = recorded([
      ...triageLog.slice(0, 1),
      { type: 'DelayStarted', at: t0, step: step('route'), until: t0 + 9 },
    ])
    expect(momentOf(delayed, 'route').delayUntil).toBe(t0 + 9)
  })
})

describe('output of an execution', () => {
  it('is that of the step the end names, once it has ended', () => {
    expect(outputOf(triageLog)).toEqual({ value: 'filed' })
    expect(outputOf(triageLog.slice(0, 8))).toBeNull()
  })

  it('is an object by step when several made it, and absent when none did', () => {
    const body = triageLog.slice(0, 8)
    const several = recorded([
      ...body,
      { type: 'ExecutionSucceeded', at: t0, output: { shape: 'steps', steps: [step('notify'), step('reply')] } },
    ])
    expect(outputOf(several)).toEqual({ value: { notify: { status: 200 }, reply: 'filed' } })
    expect(outputOf(recorded([...body, { type: 'ExecutionSucceeded', at: t0, output: { shape: 'none' } }]))).toBeNull()
  })

  it('begins with the trigger', () => {
    expect(executionTrigger(triageLog)).toEqual({ value: { body: { crash: true } } })
    expect(executionTrigger([])).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import type { ExecutionEvent, RecordedEvent } from '../../schemas/execution-events.ts'
import { readingOrder } from '../../studio/model/graph-canvas.ts'
import { timeScale } from '../../studio/model/time-scale.ts'
import { rowsAt, type TimelineRow, timelineOf, waitsUntil } from '../../studio/model/timeline.ts'
import { recorded, step, t0, triage, triageLog } from './support/triage-log.ts'

const timelineRows = (events: readonly RecordedEvent[]): readonly TimelineRow[] =>
  rowsAt(timelineOf(readingOrder(triage), triage.edges, events), events.length)

const rowOf = (name: string, events = triageLog): TimelineRow | undefined =>
  timelineRows(events).find((row) => row.step === name)

describe('timeline', () => {
  it('has a row for every step, in reading order, before anything happened too', () => {
    const order = ['hook', 'route', 'notify', 'thank', 'reply']
    expect(timelineRows([]).map((row) => row.step)).toEqual(order)
    expect(timelineRows(triageLog).map((row) => row.step)).toEqual(order)
  })

  it('is at a position what the log up to there makes of it, and keeps what did not change', () => {
    const timeline = timelineOf(readingOrder(triage), triage.edges, triageLog)
    for (let position = 0; position <= triageLog.length; position += 1) {
      expect(rowsAt(timeline, position)).toEqual(timelineRows(triageLog.slice(0, position)))
    }
    const [before, after] = [rowsAt(timeline, 6), rowsAt(timeline, 7)]
    expect(after.map((row, index) => row === before[index])).toEqual([true, true, false, true, true])
  })

  it('splits a step into queued, attempts and the time between them', () => {
    expect(rowOf('notify')?.segments).toEqual([
      { kind: 'queued', from: t0, to: t0 + 20 },
      { kind: 'running', from: t0 + 20, to: t0 + 120, attempt: 1, until: t0 + 30_020, outcome: 'failed' },
      { kind: 'backoff', from: t0 + 120, to: t0 + 1_120, attempt: 1, until: t0 + 1_120 },
      { kind: 'running', from: t0 + 1_120, to: t0 + 1_200, attempt: 2, until: t0 + 31_120, outcome: 'succeeded' },
    ])
  })

  it('leaves what goes on without an end', () => {
    expect(rowOf('notify', triageLog.slice(0, 4))?.segments.at(-1)).toMatchObject({
      kind: 'running',
      attempt: 1,
      to: null,
    })
    expect(rowOf('notify', triageLog.slice(0, 5))?.segments.at(-1)).toMatchObject({
      kind: 'backoff',
      to: null,
      until: t0 + 1_120,
    })
  })

  it('shows a computed step, a skipped one and the trigger as moments', () => {
    expect(rowOf('route')).toMatchObject({ segments: [], instant: { at: t0, outcome: 'succeeded' } })
    expect(rowOf('thank')).toMatchObject({ segments: [], instant: { at: t0, outcome: 'skipped' } })
    expect(rowOf('hook')).toMatchObject({ segments: [], instant: { at: t0, outcome: 'succeeded' } })
  })

  it('ends an interrupted attempt where the process died and goes on with the next', () => {
    const events: ExecutionEvent[] = [
      ...triageLog.slice(0, 4),
      { type: 'AttemptInterrupted', at: t0 + 500, step: step('notify'), attempt: 1 },
      {
        type: 'AttemptStarted',
        at: t0 + 500,
        step: step('notify'),
        attempt: 2,
        timeoutAt: t0 + 900,
        idempotencyKey: 'k1',
      },
      { type: 'AttemptIgnored', at: t0 + 600, step: step('notify'), attempt: 1, outcome: 'succeeded', reason: 'late' },
      { type: 'StepCancelled', at: t0 + 700, step: step('notify') },
      { type: 'ExecutionCancelled', at: t0 + 700, reason: 'enough' },
    ]
    expect(rowOf('notify', recorded(events))?.segments.slice(1)).toMatchObject([
      { kind: 'running', attempt: 1, from: t0 + 20, to: t0 + 500, outcome: 'interrupted' },
      { kind: 'running', attempt: 2, from: t0 + 500, to: t0 + 700, outcome: 'cancelled' },
    ])
  })

  it('hatches a delay from its beginning to its end', () => {
    const events: ExecutionEvent[] = [
      ...triageLog.slice(0, 1),
      { type: 'DelayStarted', at: t0, step: step('route'), until: t0 + 50 },
      { type: 'StepSucceeded', at: t0 + 55, step: step('route'), ports: ['out'], output: null },
    ]
    expect(rowOf('route', recorded(events))?.segments).toEqual([
      { kind: 'waiting', from: t0, to: t0 + 55, until: t0 + 50, outcome: 'succeeded' },
    ])
  })
})

const delayRow = (from: number, to: number): TimelineRow => ({
  step: step('wait'),
  label: 'wait',
  kind: 'Delay',
  instant: null,
  segments: [{ kind: 'waiting', from, to }],
})
const busyRow = (from: number, to: number): TimelineRow => ({
  step: step('call'),
  label: 'call',
  kind: 'HTTP request',
  instant: null,
  segments: [{ kind: 'running', from, to, attempt: 1 }],
})

describe('what is waited for', () => {
  it('is the latest moment that an open wait names', () => {
    expect(waitsUntil(timelineRows(triageLog.slice(0, 5)))).toBe(t0 + 1_120)
    expect(waitsUntil(timelineRows(triageLog.slice(0, 4)))).toBe(0)
    expect(waitsUntil(timelineRows(triageLog))).toBe(0)
  })
})

describe('time scale', () => {
  it('is even when nothing dwarfs the rest', () => {
    const scale = timeScale([busyRow(0, 500), delayRow(500, 1000)], 0, 1000)
    expect(scale.breaks).toEqual([])
    expect(scale.place(250)).toBeCloseTo(0.25)
    expect(scale.place(-5)).toBe(0)
    expect(scale.place(5000)).toBe(1)
  })

  it('shortens three days of sleep between two calls, and keeps the order', () => {
    const day = 86_400_000
    const scale = timeScale(
      [busyRow(0, 1000), delayRow(1000, 3 * day), busyRow(3 * day, 3 * day + 1000)],
      0,
      3 * day + 1000,
    )
    expect(scale.breaks).toEqual([{ from: 1000, to: 3 * day }])
    expect(scale.place(1000)).toBeGreaterThan(0.4)
    expect(scale.place(3 * day)).toBeGreaterThan(scale.place(1000))
    expect(1 - scale.place(3 * day)).toBeCloseTo(scale.place(1000))
  })

  it('does not shorten the only thing that happens', () => {
    const scale = timeScale([delayRow(0, 3000)], 0, 3000)
    expect(scale.breaks).toEqual([])
    expect(scale.place(1500)).toBeCloseTo(0.5)
  })

  it('ticks at round distances from the start, few enough to read, none inside a break', () => {
    const scale = timeScale([busyRow(0, 1000), delayRow(1000, 400_000), busyRow(400_000, 401_000)], 0, 401_000)
    expect(scale.ticks[0]).toEqual({ at: 0, sinceStart: 0 })
    expect(scale.ticks.length).toBeGreaterThan(2)
    expect(scale.ticks.length).toBeLessThan(14)
    expect(scale.ticks.filter((tick) => tick.at > 1000 && tick.at < 400_000)).toEqual([])
  })

  it('has a width even when everything happened in one millisecond', () => {
    const scale = timeScale([], 5, 5)
    expect(scale.place(5)).toBe(0)
    expect(scale.to).toBe(6)
  })
})

import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import { heldRows } from '../../studio/model/held-rows.ts'
import { moveCursor, scrubberTicks } from '../../studio/model/scrubber.ts'
import { visibleRange } from '../../studio/model/visible-range.ts'
import { safeNext, takeTokenFromFragment } from '../../studio/sign-in-token.ts'
import { step, triageLog } from './support/triage-log.ts'

describe('slider', () => {
  it('marks every event, failures as such', () => {
    expect(scrubberTicks(triageLog, 240).map((tick) => tick.weight)).toEqual([
      'mark',
      'mark',
      'plain',
      'plain',
      'failure',
      'plain',
      'mark',
      'mark',
      'mark',
    ])
    expect(scrubberTicks(triageLog, 240).map((tick) => tick.share)).toEqual([
      0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1,
    ])
  })

  it('draws a log of any length in a bounded number of ticks and never loses a failure', () => {
    const events = Array.from(
      { length: 20_000 },
      (_, index): RecordedEvent => ({
        ...(index === 12_345
          ? { type: 'AttemptFailed', at: 1, step: step('a'), attempt: 1, failure: { code: 'x', message: 'x' } }
          : { type: 'StepCancelled', at: 1, step: step('a') }),
        position: index + 1,
      }),
    )
    const ticks = scrubberTicks(events, 240)
    expect(ticks.length).toBeLessThanOrEqual(241)
    expect(ticks.filter((tick) => tick.weight === 'failure')).toHaveLength(1)
  })

  it('moves by event, by a tenth, and to the ends, and never past them', () => {
    expect(moveCursor('ArrowRight', 4, 9)).toBe(5)
    expect(moveCursor('ArrowLeft', 1, 9)).toBe(1)
    expect(moveCursor('ArrowRight', 9, 9)).toBe(9)
    expect(moveCursor('PageDown', 10, 200)).toBe(30)
    expect(moveCursor('PageUp', 10, 200)).toBe(1)
    expect(moveCursor('Home', 5, 9)).toBe(1)
    expect(moveCursor('End', 5, 9)).toBe(9)
    expect(moveCursor('a', 5, 9)).toBeNull()
  })
})

describe('rows', () => {
  const rows = ['d', 'c', 'b', 'a'].map((id) => ({ id }))

  it('that arrive while someone reads are held back and counted', () => {
    expect(heldRows(rows, 'b')).toEqual({ shown: [{ id: 'b' }, { id: 'a' }], held: 2 })
    expect(heldRows(rows, 'd')).toEqual({ shown: rows, held: 0 })
    expect(heldRows(rows, null)).toEqual({ shown: rows, held: 0 })
    expect(heldRows(rows, 'gone')).toEqual({ shown: rows, held: 0 })
  })

  it('in sight are drawn, with a margin, and no others', () => {
    expect(visibleRange(0, 340, 34, 20_000)).toEqual({ from: 0, to: 18 })
    expect(visibleRange(3400, 340, 34, 20_000)).toEqual({ from: 92, to: 118 })
    expect(visibleRange(3400, 340, 34, 5)).toEqual({ from: 5, to: 5 })
  })
})

describe('sign-in link', () => {
  const locationOf = (hash: string) => ({ hash, pathname: '/sign-in', search: '?next=%2Fsecrets' })

  it('gives its token once and leaves none in the address', () => {
    const replaced: unknown[] = []
    const history = { replaceState: (...state: unknown[]) => replaced.push(state[2]) }
    expect(takeTokenFromFragment(locationOf('#token=abc%2Fd'), history)).toBe('abc/d')
    expect(replaced).toEqual(['/sign-in?next=%2Fsecrets'])
    expect(takeTokenFromFragment(locationOf('#other'), history)).toBeNull()
    expect(takeTokenFromFragment(locationOf(''), history)).toBeNull()
    expect(replaced).toHaveLength(1)
  })

  it('goes on only to a page of this studio', () => {
    expect(safeNext('/executions?status=failed')).toBe('/executions?status=failed')
    for (const next of [
      undefined,
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      '/sign-in?next=/',
    ]) {
      expect(safeNext(next)).toBe('/')
    }
  })
})

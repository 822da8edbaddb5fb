import { describe, expect, it } from 'vitest'
import { formatAgo, formatClock, formatDuration, formatOffset, formatUtc } from '../../studio/model/instants.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [-5, '0 ms'],
    [240.4, '240 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [3290, '3.2 s'],
    [9999, '9.9 s'],
    [42_900, '42 s'],
    [minute, '1 min'],
    [4 * minute + 12_400, '4 min 12 s'],
    [2 * hour + 5 * minute, '2 h 5 min'],
    [3 * day + 4 * hour + 59 * minute, '3 d 4 h'],
  ])('%d ms is %s', (ms, words) => expect(formatDuration(ms)).toBe(words))
})

describe('times', () => {
  const now = Date.UTC(2026, 5, 1, 12)

  it('are told from now, in one unit', () => {
    expect(formatAgo(now, now)).toBe('just now')
    expect(formatAgo(now - 12 * second, now)).toBe('12 s ago')
    expect(formatAgo(now - 59 * minute, now)).toBe('59 min ago')
    expect(formatAgo(now + 3 * hour + minute, now)).toBe('in 3 h')
    expect(formatAgo(now - 2 * day, now)).toBe('2 d ago')
  })

  it('are told from the start of an execution', () => expect(formatOffset(now + 1250, now)).toBe('+1.2 s'))

  it('are shown to the millisecond here, and in UTC', () => {
    expect(formatClock(new Date(2026, 5, 1, 7, 3, 9, 42).getTime())).toBe('07:03:09.042')
    expect(formatUtc(Date.UTC(2026, 5, 1, 12, 3, 9, 42))).toBe('2026-06-01 12:03:09.042 UTC')
  })
})

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { retryAfter } from '../../runtime/steps/retry-after.ts'

/** 15 January 2027, 08:00:00 GMT. */
const now = 1_800_000_000_000

describe('Retry-After as a date', () => {
  // `Date.parse` reads a date without a zone in the zone of the machine.
  beforeAll(() => void vi.stubEnv('TZ', 'Asia/Tokyo'))
  afterAll(() => void vi.unstubAllEnvs())

  it('[HTTP32] is tested where the local time is not GMT', () => {
    expect(new Date(now).getHours()).toBe(17)
  })

  it.each(['Fri, 15 Jan 2027 08:01:00 GMT', 'Friday, 15-Jan-27 08:01:00 GMT', 'Fri Jan 15 08:01:00 2027'])(
    '[HTTP32] reads %j, one of the three forms of HTTP',
    (text) => {
      expect(retryAfter(text, now)).toBe(now + 60_000)
    },
  )

  it.each([
    'Fri, 15 Jan 2027 08:01:00',
    '2027-01-15T08:01:00Z',
    'Fri, 99 Jan 2027 08:01:00 GMT',
    '15 Jan 2027',
    '1.5',
    '0x10',
    '',
  ])('[HTTP32] makes nothing of %j', (text) => {
    expect(retryAfter(text, now)).toBeUndefined()
  })

  it('[HTTP32] makes nothing of a header that is not there', () => {
    expect(retryAfter(undefined, now)).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'

import { compiled, resultOf } from './evaluate.ts'

describe('times', () => {
  const at = 'timestamp(trigger.body.created)'
  it.each([
    [at, '2026-02-03T04:05:06Z'],
    [`${at} + duration("1h30m")`, '2026-02-03T05:35:06Z'],
    [`duration("250ms") + ${at}`, '2026-02-03T04:05:06.250Z'],
    [`${at} - duration("1.5h")`, '2026-02-03T02:35:06Z'],
    [`${at} - timestamp("2026-02-03T04:05:00Z")`, '6s'],
    ['timestamp("2026-02-03T04:05:06.1239-03:30")', '2026-02-03T07:35:06.123Z'],
    ['timestamp("2024-02-29t23:59:59z")', '2024-02-29T23:59:59Z'],
    ['timestamp(timestamp(60))', '1970-01-01T00:01:00Z'],
    ['duration(duration("-90s"))', '-90s'],
    ['duration("90s") + duration("1m") - duration("30s")', '120s'],
    ['duration("0.0004s")', '0s'],
    ['duration("-0.4ms")', '0s'],
    [`${at}.getFullYear()`, 2026],
    [`${at}.getMonth()`, 1],
    [`${at}.getDate()`, 3],
    [`${at}.getDayOfMonth()`, 2],
    [`${at}.getDayOfWeek()`, 2],
    [`${at}.getDayOfYear()`, 33],
    [`${at}.getHours()`, 4],
    [`${at}.getHours("+02:00")`, 6],
    [`${at}.getDate("-05:00")`, 2],
    [`${at}.getHours("UTC")`, 4],
    [`${at}.getMinutes()`, 5],
    [`${at}.getSeconds()`, 6],
    ['timestamp("1969-12-31T23:59:59.999Z").getMilliseconds()', 999],
    ['duration("90m").getHours()', 1],
    ['duration("-90s").getMinutes()', -1],
    ['duration("90s").getSeconds()', 90],
    ['duration("90s").getMilliseconds()', 90000],
  ])('[EXP13] %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it('[EXP13] agrees with Date over all the years there are', () => {
    const parts = compiled(
      '[item, string(timestamp(item)), string(timestamp(item).getDayOfWeek()), string(timestamp(item).getDayOfYear())]',
    )
    const dayMs = 86_400_000
    for (let day = -719_162; day < 2_932_896; day += 997) {
      const date = new Date(day * dayMs + 45_296_789)
      const evaluation = parts.evaluate({ item: date.toISOString() })
      const yearStart = new Date(0)
      yearStart.setUTCFullYear(date.getUTCFullYear(), 0, 1)
      const dayOfYear = Math.floor((date.getTime() - yearStart.getTime()) / dayMs)
      const expected = [date.toISOString(), date.toISOString(), `${date.getUTCDay()}`, `${dayOfYear}`]
      expect(evaluation).toMatchObject({ value: expected })
    }
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Timer, Timers } from '../../runtime/engine/timers.ts'
import { step } from '../support/graphs.ts'

const timer = fc.record({ at: fc.integer({ min: 0, max: 20 }), step: fc.stringMatching(/^[a-f]{1,2}$/).map(step) })
/** No two of them alike: a step waits for one moment. */
const timers = fc.uniqueArray(timer, { selector: ({ at, step: key }) => `${at} ${key}`, maxLength: 40 })
const of = (all: readonly Timer[]): Timers => all.reduce((some, one) => some.with(one), Timers.none)
const sorted = (all: readonly Timer[]): Timer[] =>
  all.toSorted((left, right) => left.at - right.at || (left.step < right.step ? -1 : 1))

describe('the timers of a state', () => {
  it('[TIM1] are found soonest first, at the same moment in the order of the keys', () => {
    fc.assert(
      fc.property(timers, fc.integer({ min: 0, max: 20 }), (all, at) => {
        expect(of(all).due(at)).toEqual(sorted(all).filter((one) => one.at <= at))
        expect(of(all).soonest()).toEqual(sorted(all)[0] ?? null)
      }),
    )
  })

  it('[TIM2] can be taken out again, and what is not there is not missed', () => {
    fc.assert(
      fc.property(timers, fc.array(fc.nat(60), { maxLength: 40 }), (all, picks) => {
        const gone = picks.flatMap((at) => all[at] ?? [])
        const left = gone.reduce((some, one) => some.without(one), of(all))
        expect(left.due(20)).toEqual(sorted(all.filter((one) => !gone.includes(one))))
      }),
    )
  })

  it('[TIM3] are equal when they hold the same, in whatever order it was put in', () => {
    fc.assert(
      fc.property(timers, (all) => {
        expect(of(all.toReversed())).toEqual(of(all))
        expect(of(all).without(first).with(first)).toEqual(of([...all, first]))
      }),
    )
  })

  const first = { at: 99, step: step('a') }
})

import { describe, expect, it } from 'vitest'

import { decide, evolve, InvariantViolation, initialState, replay } from '../../runtime/engine/index.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import {
  attemptFailed,
  attemptStarted,
  cancelled,
  done,
  interrupted,
  started,
  stepCancelled,
  t0,
} from '../support/events.ts'
import { asJson, fold, readFrom } from '../support/given.ts'
import { graphOf, http, make, start } from '../support/graphs.ts'

const graph = graphOf([start, http('fetch'), make('after')], ['start -> fetch', 'fetch -> after'])
const log = [started(graph), attemptStarted('fetch')]
const state = fold(log)

describe('a log', () => {
  it('[EXE12] is folded from its beginning, one event after the other', () => {
    expect(asJson(replay(log))).toEqual(asJson(state))
    expect(replay([])).toEqual(initialState())
    expect(asJson(replay(new Set(log).values()))).toMatchObject({ position: 2, lastAt: t0, status: 'running' })
  })

  it('[ATT16] holds no attempt out of turn', () => {
    expect(() => fold([attemptStarted('fetch', 2)], state)).toThrow('an attempt follows a failed or interrupted one')
    expect(() => fold([interrupted('fetch'), attemptStarted('fetch', 3)], state)).toThrow('numbered without gaps')
    expect(() => fold([attemptStarted('after', 2)], state)).toThrow('the first attempt records its request')
    expect(() => fold([attemptFailed('after')], state)).toThrow('only an attempt that started can fail')
    expect(() => fold([interrupted('after')], state)).toThrow('only an attempt in flight is interrupted')
  })

  it('[ATT16] holds nothing of a step after its end', () => {
    const over = fold([done('fetch', 1, { attempt: 1 })], state)
    expect(() => fold([done('fetch', 2)], over)).toThrow('nothing happens to a step that is over')
    expect(() => fold([stepCancelled('fetch')], over)).toThrow('nothing happens to a step that is over')
  })

  it('[EXE12] with an event of an unknown type is not folded: nothing is passed over', () => {
    const unheard = { type: 'StepDreamed', at: t0, step: 'fetch' } as unknown as ExecutionEvent
    expect(() => evolve(state, unheard)).toThrow(InvariantViolation)
  })

  it('[EXE11] takes no command of an unknown type', () => {
    const unheard = { type: 'Dream', now: t0 } as unknown as ExecutionCommand
    expect(() => decide(unheard, state, readFrom(log))).toThrow(InvariantViolation)
  })

  it('[EXE12] ends with its last event', () => {
    expect(asJson(fold([cancelled(t0 + 5)], state))).toMatchObject({
      status: 'cancelled',
      endedAt: t0 + 5,
      lastAt: t0 + 5,
    })
  })
})

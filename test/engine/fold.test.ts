import { describe, expect, it } from 'vitest'
import { evolveExecution } from '../../runtime/engine/evolve-execution.ts'
import { evolveIteration } from '../../runtime/engine/evolve-iteration.ts'
import { evolveStep } from '../../runtime/engine/evolve-step.ts'
import { decide, evolve, InvariantViolation, initialState, replay } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import {
  attemptFailed,
  attemptStarted,
  cancelled,
  done,
  interrupted,
  startExecution,
  started,
  stepCancelled,
  t0,
} from '../support/events.ts'
import { asJson, fold, logOf, readFrom } from '../support/given.ts'
import { each, graphOf, http, inside, make, signalled, start } from '../support/graphs.ts'
import {
  callbackReceived,
  eachStarted,
  iterated,
  iterationStarted,
  signalReceived,
  took,
  undoing,
} from '../support/whole-events.ts'

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

  it('[EXE12] tells its parts nothing that they do not know', () => {
    const unheard = { type: 'StepDreamed', at: t0, step: 'fetch' } as never
    for (const part of [evolveStep, evolveIteration, evolveExecution]) {
      expect(() => part({ ...(state as Started) }, unheard)).toThrow(InvariantViolation)
    }
  })

  it('[ATT16] holds no signal that is taken twice, and no iteration out of turn', () => {
    const items = graphOf(
      [start, each('orders'), signalled('pay', {}, inside('orders'))],
      ['start -> orders', 'orders.body -> pay'],
    )
    const begun = logOf(startExecution(items, { trigger: { body: { items: ['a', 'b'] } } }))
    expect(() => fold([...begun, took('pay@orders[0]', 1)])).toThrow('a signal is taken once')
    expect(() => fold([...begun, iterationStarted('orders', 1)])).toThrow('in the order of their indices')
    expect(() => fold([...begun, iterated('orders', 2, { shape: 'none' })])).toThrow('only an open iteration ends')
    expect(() => fold([...begun, iterationStarted('nowhere', 0)])).toThrow('nowhere is an open container')
    expect(() => fold([...begun, eachStarted('orders', [])])).toThrow('a container opens once')
  })

  it('[EXE11] holds nothing twice that happens once', () => {
    const twice = (event: ExecutionEvent) => () => fold([event, event], state)
    expect(twice(signalReceived(1, { id: 'a' }))).toThrow('a signal of an id is received once')
    expect(twice(callbackReceived('after', 1))).toThrow('the first callback is kept')
    expect(twice(undoing(['fetch'], { type: 'cancelled', reason: 'enough' }))).toThrow('an execution is undone once')
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

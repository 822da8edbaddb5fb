import { describe, expect, it } from 'vitest'

import { outcomeOf } from '../../../runtime/objects/execution-calls.ts'
import type { AttemptOutcome } from '../../../runtime/steps/step-runner.ts'
import { delay, graphOf, http, make, start } from '../../support/graphs.ts'
import { ExecutionWorld, t0 } from './execution-world.ts'

const calling = graphOf([start, http('charge'), make('receipt')], ['start -> charge', 'charge -> receipt'])
const resting = graphOf([start, delay('rest', 60_000), make('after')], ['start -> rest', 'rest -> after'])

/** A runner that answers when the test says so. */
function held(world: ExecutionWorld) {
  const signals: AbortSignal[] = []
  const answers: ((outcome: AttemptOutcome) => void)[] = []
  world.runner = (_attempt, signal) => {
    signals.push(signal)
    return new Promise((resolve) => answers.push(resolve))
  }
  return { signals, answer: (index: number) => answers[index]?.({ ok: true, output: { index } }) }
}

describe('callers who wait', () => {
  it('[OBJ11] hear of the end when it comes, and their timer is stopped', async () => {
    const world = new ExecutionWorld()
    const { answer } = held(world)
    world.start(calling, 'calling')
    const ended = [1, 2, 3].map(() => world.execution.reachedWithin('end', 5000))
    await world.settle()
    answer(0)
    expect(await Promise.all(ended)).toEqual([true, true, true])
    expect(world.sleeps.map(({ ms, isOver }) => [ms, isOver])).toEqual(Array.from({ length: 3 }, () => [5000, true]))
  })

  it('[OBJ11] hear that their time is over, and are told nothing afterwards', async () => {
    const world = new ExecutionWorld()
    const { answer } = held(world)
    world.start(calling, 'calling')
    const late = world.execution.reachedWithin('end', 10)
    world.sleeps[0]?.end()
    expect(await late).toBe(false)
    await world.settle()
    answer(0)
    await world.settle()
    expect(world.execution.view()?.status).toBe('succeeded')
  })

  it('[OBJ11] are not held by an execution that has ended, or answered', async () => {
    const world = new ExecutionWorld()
    held(world)
    const answering = graphOf(
      [start, { id: 'reply', kind: 'respond', config: { body: 'soon' } }, http('after')],
      ['start -> reply', 'reply -> after'],
    )
    world.start(answering, 'answering')
    expect(await world.execution.reachedWithin('response', 5000)).toBe(true)
    expect(outcomeOf(world.execution)?.response).toMatchObject({ status: 200, body: 'soon' })
    expect(world.sleeps).toEqual([])
    const end = world.execution.reachedWithin('end', 5000)
    world.execution.handle({ type: 'CancelExecution', now: world.now, reason: 'enough' })
    expect(await end).toBe(true)
    expect(await world.execution.reachedWithin('end', 5000)).toBe(true)
    expect(world.sleeps).toHaveLength(1)
  })

  it('[OBJ11] hear its answer, whatever comes after that', async () => {
    const world = new ExecutionWorld()
    const failing = graphOf(
      [
        start,
        { id: 'reply', kind: 'respond', config: { body: 'soon' } },
        { id: 'stop', kind: 'fail', config: { message: 'too late' } },
      ],
      ['start -> reply', 'reply -> stop'],
    )
    world.start(failing, 'failing')
    expect(await world.execution.reachedWithin('response', 5000)).toBe(true)
    expect(outcomeOf(world.execution)).toMatchObject({
      status: 'failed',
      error: { message: 'too late' },
      response: { body: 'soon' },
    })
  })

  it('[OBJ11] are let go when it is quarantined', async () => {
    const world = new ExecutionWorld()
    world.runner = () => Promise.reject(new Error('a bug in a runner'))
    world.start(calling, 'calling')
    expect(await world.execution.reachedWithin('end', 5000)).toBe(true)
    expect(world.execution.view()?.status).toBe('quarantined')
  })
})

describe('attempts', () => {
  it('[OBJ10] are aborted by a cancel, and their late answer is dropped', async () => {
    const world = new ExecutionWorld()
    const { signals, answer } = held(world)
    world.start(calling, 'calling')
    await world.settle()
    world.execution.handle({ type: 'CancelExecution', now: world.now, reason: 'enough' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    const before = world.types()
    answer(0)
    await world.settle()
    expect(world.types()).toEqual(before)
    expect(world.faults).toEqual([])
  })

  it('[OBJ14] a runner that breaks its word quarantines the execution, which says so in its index', async () => {
    const world = new ExecutionWorld()
    world.runner = () => Promise.reject(new Error('a bug in a runner'))
    world.start(calling, 'calling')
    await world.settle()
    expect(world.execution.quarantine).toBe('an attempt failed: a bug in a runner')
    expect(world.faults).toEqual(['execution execution is quarantined: an attempt failed: a bug in a runner'])
    expect(world.reports.at(-1)).toMatchObject({ status: 'quarantined', position: 2 })
    expect(world.execution.handle({ type: 'CancelExecution', now: t0, reason: 'stop' })).toEqual({
      ok: false,
      rejection: { reason: 'quarantined', message: 'an attempt failed: a bug in a runner' },
    })
    expect(world.types()).toEqual(['ExecutionStarted', 'AttemptStarted'])
  })
})

describe('a turn', () => {
  it('[OBJ13] that breaks leaves log, state and alarm as they were, and tells nobody', () => {
    const world = new ExecutionWorld()
    world.start(resting, 'resting')
    const before = [
      JSON.stringify(world.disk),
      world.execution.state,
      world.alarmAt,
      world.published.length,
      world.reports.length,
    ]
    // What is pushed fails after some rows are in.
    const push = Array.prototype.push.bind(world.disk.rows)
    world.disk.rows.push = (...rows: string[]) => {
      push(...rows.slice(0, 1))
      throw new Error('disk full')
    }
    expect(() => world.execution.handle({ type: 'CancelExecution', now: t0, reason: 'stop' })).toThrow('disk full')
    expect([
      JSON.stringify(world.disk),
      world.execution.state,
      world.alarmAt,
      world.published.length,
      world.reports.length,
    ]).toEqual(before)
    expect(world.execution.handle({ type: 'CancelExecution', now: t0, reason: 'stop' }).ok).toBe(true)
    expect(world.alarmAt).toBeNull()
  })

  it('[OBJ15] publishes what it recorded, with dense positions', async () => {
    const world = new ExecutionWorld()
    world.start(calling, 'calling')
    await world.settle()
    expect(world.published).toEqual(world.execution.events(0, 100).events)
    expect(world.published.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5])
  })

  it('[OBJ16] the index is told of a status once, and not what the starter is told anyway', async () => {
    const world = new ExecutionWorld()
    const { answer } = held(world)
    world.start(calling, 'calling')
    expect(world.execution.reportToCaller()).toMatchObject({ status: 'running', position: 2 })
    world.execution.wake()
    expect(world.reports).toEqual([])
    await world.settle()
    answer(0)
    await world.settle()
    expect(world.reports).toMatchObject([{ status: 'succeeded', position: 5 }])
  })

  it('[OBJ16] while a caller waits the index is not told, for the caller will be', async () => {
    const world = new ExecutionWorld()
    const { answer } = held(world)
    world.start(calling, 'calling')
    const ended = world.execution.reachedWithin('end', 5000)
    await world.settle()
    answer(0)
    await ended
    expect(world.reports).toEqual([])
    expect(world.execution.reportToCaller()).toMatchObject({ status: 'succeeded' })
  })
})

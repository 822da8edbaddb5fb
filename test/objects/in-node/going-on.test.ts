import { describe, expect, it } from 'vitest'

import { tell } from '../../../runtime/objects/execution-calls.ts'
import type { AttemptOutcome } from '../../../runtime/steps/step-runner.ts'
import { limits } from '../../../schemas/limits.ts'
import { delay, graphOf, http, inside, make, signalled, start } from '../../support/graphs.ts'
import { ExecutionWorld, t0 } from './execution-world.ts'

const items = 3 * limits.turnEvents
/** Long enough for several turns. */
const list = graphOf(
  [
    start,
    make(
      'numbers',
      Array.from({ length: items }, (_, index) => index),
    ),
    {
      id: 'numbered',
      kind: 'each',
      config: { items: 'steps.numbers.output.value', collect: 'steps.twice.output.value' },
    },
    make('twice', '{{ item * 2 }}', inside('numbered')),
    signalled('stop'),
  ],
  ['start -> numbers', 'numbers -> numbered', 'numbered.body -> twice', 'start -> stop'],
)
const paying = graphOf([start, signalled('order'), http('charge')], ['start -> order', 'order -> charge'])

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

const at = (world: ExecutionWorld) => ({ now: world.now })
const sent = (world: ExecutionWorld, name = 'paid') =>
  tell(world.execution, { type: 'SendSignal', ...at(world), name, data: null })
const statusOf = (world: ExecutionWorld) => world.execution.view()?.status

/** Lets an execution go on that needs nobody for it. */
async function untilQuiet(world: ExecutionWorld): Promise<void> {
  for (let round = 0; round < 20 && statusOf(world) === 'running'; round += 1) await world.settle()
}

describe('what a turn leaves to the next', () => {
  it('[OBJ18] is gone on with by itself, and others have their turn in between', async () => {
    const world = new ExecutionWorld()
    world.start(list, 'list')
    const first = world.execution.state?.position ?? 0
    expect(first).toBeLessThan(2 * limits.turnEvents)
    expect(sent(world)).toMatchObject({ type: 'done', isTaken: true, status: 'running' })
    expect(world.execution.state?.steps.get('numbered' as never)?.status).toBe('open')
    await untilQuiet(world)
    expect(world.execution.view()?.output).toMatchObject({
      numbered: Array.from({ length: items }, (_, index) => index * 2),
    })
    expect([world.faults, world.alarmAt]).toEqual([[], null])
  })

  it('[OBJ18] has one alarm under it, which is set once and finds it after a crash', async () => {
    const world = new ExecutionWorld()
    world.start(list, 'list')
    const alarms = new Set<number | null>()
    for (let turn = 0; turn < 3; turn += 1) {
      alarms.add(world.alarmAt)
      world.now += 5
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect([...alarms]).toEqual([t0 + limits.netMs])
    world.restart()
    const before = world.execution.state?.position
    await world.settle()
    expect(world.execution.state?.position).toBe(before)
    world.now = t0 + limits.netMs
    world.execution.wake()
    await untilQuiet(world)
    sent(world)
    expect(world.execution.view()?.output).toMatchObject({ numbered: { length: items } })
  })

  it('[OBJ18] stands still in a pause, and needs no alarm then', async () => {
    const world = new ExecutionWorld()
    world.start(list, 'list')
    world.execution.handle({ type: 'PauseExecution', ...at(world), timers: 'frozen' })
    const before = world.execution.state?.position
    await world.settle()
    expect([world.execution.state?.position, world.alarmAt]).toEqual([before, null])
    world.execution.handle({ type: 'ResumeExecution', ...at(world) })
    expect(world.alarmAt).toBe(t0 + limits.netMs)
    await untilQuiet(world)
    expect(statusOf(world)).toBe('waiting')
  })
})

describe('an attempt after a wait', () => {
  it('[OBJ19] has an alarm under it, because the index asks late; after a crash that finds it', async () => {
    const world = new ExecutionWorld()
    const { answer } = held(world)
    world.start(paying, 'paying')
    expect(world.alarmAt).toBeNull()
    sent(world)
    expect([statusOf(world), world.alarmAt]).toEqual(['running', t0 + limits.netMs])
    world.restart()
    world.now = t0 + limits.netMs
    world.execution.wake()
    expect(world.types().slice(-2)).toEqual(['AttemptInterrupted', 'AttemptStarted'])
    expect(world.alarmAt).toBe(t0 + 2 * limits.netMs)
    await world.settle()
    answer(1)
    await world.settle()
    expect([statusOf(world), world.alarmAt]).toEqual(['succeeded', null])
  })

  it('[OBJ19] of an execution that only runs has none: the index asks soon', () => {
    const world = new ExecutionWorld()
    held(world)
    world.start(graphOf([start, http('charge')], ['start -> charge']), 'charging')
    expect(world.alarmAt).toBeNull()
  })

  it('[OBJ19] in flight at a pause has one, and none when it is left open', () => {
    const world = new ExecutionWorld()
    held(world)
    world.start(graphOf([start, http('charge')], ['start -> charge']), 'charging')
    world.execution.handle({ type: 'PauseExecution', ...at(world), timers: 'frozen' })
    expect([world.execution.view()?.paused?.quiescent, world.alarmAt]).toEqual([false, t0 + limits.netMs])
    world.restart()
    world.now = t0 + limits.netMs
    world.execution.wake()
    expect(world.types().at(-1)).toBe('AttemptInterrupted')
    expect([world.execution.view()?.paused?.quiescent, world.alarmAt]).toEqual([true, null])
  })
})

describe('a pause', () => {
  it('[OBJ20] lets what is in flight end, begins nothing, and goes on where it was', async () => {
    const world = new ExecutionWorld()
    const { signals, answer } = held(world)
    const graph = graphOf([start, http('charge'), http('ship')], ['start -> charge', 'charge -> ship'])
    world.start(graph, 'charging')
    await world.settle()
    world.execution.handle({ type: 'PauseExecution', ...at(world), timers: 'frozen' })
    answer(0)
    await world.settle()
    expect(world.types().slice(-2)).toEqual(['ExecutionPaused', 'StepSucceeded'])
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    tell(world.execution, { type: 'ResumeExecution', ...at(world) })
    await world.settle()
    answer(1)
    await world.settle()
    expect(statusOf(world)).toBe('succeeded')
  })

  it('[OBJ20] over a crash: what was in flight is interrupted, and tried again when it goes on', async () => {
    const world = new ExecutionWorld()
    const { answer } = held(world)
    world.start(graphOf([start, http('charge')], ['start -> charge']), 'charging')
    world.execution.handle({ type: 'PauseExecution', ...at(world), timers: 'frozen' })
    world.restart()
    tell(world.execution, { type: 'ResumeExecution', ...at(world) })
    await world.settle()
    answer(1)
    await world.settle()
    const later = ['ExecutionPaused', 'AttemptInterrupted', 'ExecutionResumed', 'AttemptStarted']
    expect(world.types().slice(2, 6)).toEqual(later)
    expect(statusOf(world)).toBe('succeeded')
  })
})

describe('an answer', () => {
  const limited = (ms: number) =>
    graphOf(
      [start, signalled('order', { timeoutMs: ms }), make('late'), delay('rest', 60_000)],
      ['start -> order', 'order.timeout -> late', 'start -> rest'],
    )

  it('[OBJ21] that comes at the moment of the timeout is late, however late the alarm', () => {
    const world = new ExecutionWorld()
    world.start(limited(1000), 'limited')
    world.now = t0 + 1000
    expect(sent(world)).toMatchObject({ type: 'done', isTaken: false })
    expect(world.types().slice(3)).toEqual(['StepSucceeded', 'StepSucceeded', 'SignalReceived'])
  })

  it('[OBJ21] that comes a millisecond before is in time, and the timeout does not come any more', () => {
    const world = new ExecutionWorld()
    world.start(limited(1000), 'limited')
    world.now = t0 + 999
    expect(sent(world)).toMatchObject({ type: 'done', isTaken: true })
    world.now = t0 + 1000
    world.execution.wake()
    expect(world.types().slice(3)).toEqual(['SignalReceived', 'StepSucceeded', 'StepSkipped'])
  })
})

describe('a retry', () => {
  it('[OBJ22] makes an ended execution one that runs, for the index and for those who wait', async () => {
    const world = new ExecutionWorld()
    world.runner = async () => ({ ok: false, failure: { code: 'http_400', message: 'no' }, retryable: false })
    world.start(graphOf([start, http('charge')], ['start -> charge']), 'charging')
    await world.settle()
    expect(world.reports.map(({ status }) => status)).toEqual(['failed'])
    expect(await world.execution.reachedWithin('end', 5000)).toBe(true)
    const { answer } = held(world)
    world.execution.handle({ type: 'RetryExecution', ...at(world) })
    const running = world.reports.at(-1)
    expect([running?.status, running && 'endedAt' in running, running && 'error' in running]).toEqual([
      'running',
      false,
      false,
    ])
    expect(world.alarmAt).toBe(t0 + limits.netMs)
    const ended = world.execution.reachedWithin('end', 5000)
    await world.settle()
    answer(0)
    expect(await ended).toBe(true)
    expect(world.execution.view()).toMatchObject({ status: 'succeeded' })
  })

  it('[OBJ22] what was aborted by the failure answers nothing any more', async () => {
    const world = new ExecutionWorld()
    const outcomes: ((outcome: AttemptOutcome) => void)[] = []
    world.runner = () => new Promise((resolve) => outcomes.push(resolve))
    world.start(graphOf([start, http('charge'), http('ship')], ['start -> charge', 'start -> ship']), 'both')
    await world.settle()
    outcomes[0]?.({ ok: false, failure: { code: 'http_400', message: 'no' }, retryable: false })
    await world.settle()
    world.execution.handle({ type: 'RetryExecution', ...at(world) })
    await world.settle()
    const before = world.types().length
    outcomes[1]?.({ ok: true, output: 'the first attempt' })
    await world.settle()
    expect(world.types()).toHaveLength(before)
    for (const outcome of outcomes.slice(2)) outcome({ ok: true, output: 'the second attempt' })
    await world.settle()
    expect(world.execution.view()?.output).toEqual({ charge: 'the second attempt', ship: 'the second attempt' })
  })
})

describe('the index', () => {
  it('[OBJ16] is told of a pause, of what follows it, and of a wait for somebody', () => {
    const world = new ExecutionWorld()
    held(world)
    world.start(paying, 'paying')
    const told = () =>
      world.reports.map(({ status, wakeAt }) => (wakeAt === undefined ? status : `${status} ${wakeAt}`))
    world.execution.reportToCaller()
    world.execution.handle({ type: 'PauseExecution', ...at(world), timers: 'frozen' })
    world.execution.handle({ type: 'ResumeExecution', ...at(world) })
    sent(world, 'other')
    sent(world)
    expect(told()).toEqual(['paused', 'waiting', 'running'])
  })

  it('[OBJ16] is told what an execution waits for by the time that what was in flight in its pause has ended', async () => {
    const world = new ExecutionWorld()
    const { promise, resolve } = Promise.withResolvers<AttemptOutcome>()
    world.runner = () => promise
    const retry = { maxAttempts: 2, initialIntervalMs: 1000, jitter: 0 }
    world.start(graphOf([start, http('charge', { retry })], ['start -> charge']), 'paying')
    world.execution.reportToCaller()
    world.execution.handle({ type: 'PauseExecution', ...at(world), timers: 'frozen' })
    resolve({ ok: false, failure: { code: 'http_503', message: 'busy' }, retryable: true })
    await world.settle()
    expect(world.reports.map(({ status, waitsFor }) => [status, waitsFor])).toEqual([
      ['paused', undefined],
      ['paused', ['retry']],
    ])
  })
})

import { describe, expect, it } from 'vitest'

import type { AttemptOutcome } from '../../../runtime/steps/step-runner.ts'
import { limits } from '../../../schemas/limits.ts'
import { graphOf, http, inside, make, start } from '../../support/graphs.ts'
import { ExecutionWorld } from './execution-world.ts'

const calls = limits.gatherAttempts * 3
const listOf = (count: number) =>
  make(
    'numbers',
    Array.from({ length: count }, (_, index) => index),
  )
const callingFor = (items: number) =>
  graphOf(
    [
      start,
      listOf(items),
      { id: 'each_number', kind: 'each', config: { items: 'steps.numbers.output.value', concurrency: calls } },
      http('call', inside('each_number')),
    ],
    ['start -> numbers', 'numbers -> each_number', 'each_number.body -> call'],
  )
const calling = callingFor(calls)

function held(world: ExecutionWorld): ((outcome: AttemptOutcome) => void)[] {
  const answers: ((outcome: AttemptOutcome) => void)[] = []
  world.runner = () => new Promise((resolve) => answers.push(resolve))
  return answers
}

const ok: AttemptOutcome = { ok: true, output: { status: 200 } }

describe('answers to many attempts', () => {
  it('[OBJ23] that come at the same time share a commit', async () => {
    const world = new ExecutionWorld()
    const answers = held(world)
    world.start(calling, 'calling')
    await world.settle()
    const before = world.commits
    for (const answer of answers) answer(ok)
    await world.settle()
    expect(world.execution.view()?.status).toBe('succeeded')
    // The last ones find few others in flight and do not wait.
    expect(world.commits - before).toBeLessThanOrEqual(1 + limits.gatherAttempts)
  })

  it('[OBJ23] are decided before a command that comes after them', async () => {
    const world = new ExecutionWorld()
    const answers = held(world)
    world.start(calling, 'calling')
    await world.settle()
    answers[0]?.(ok)
    // What the promise leads to has happened, and the moment that it waits has not passed.
    for (let tick = 0; tick < 10; tick += 1) await Promise.resolve()
    world.execution.handle({ type: 'CancelExecution', now: world.now, reason: 'enough' })
    const types = world.types()
    expect(types.indexOf('IterationSucceeded')).toBeGreaterThan(0)
    expect(types.indexOf('IterationSucceeded')).toBeLessThan(types.indexOf('StepCancelled'))
    expect(types).not.toContain('AttemptIgnored')
  })

  it('[OBJ23] that begin other attempts begin them before a waking looks for what a crash interrupted', async () => {
    const world = new ExecutionWorld()
    const answers = held(world)
    world.start(callingFor(2 * calls), 'calling twice as often')
    await world.settle()
    answers[0]?.(ok)
    for (let tick = 0; tick < 10; tick += 1) await Promise.resolve()
    world.execution.wake()
    expect(world.types().filter((type) => type === 'AttemptStarted')).toHaveLength(calls + 1)
    expect(world.types()).not.toContain('AttemptInterrupted')
  })

  it('[OBJ23] break as one, and the log stays as it was', async () => {
    const world = new ExecutionWorld()
    const answers = held(world)
    world.start(calling, 'calling')
    await world.settle()
    const { position } = world.execution.view() ?? {}
    answers[0]?.(ok)
    answers[1]?.({ ok: true, output: 10n })
    await world.settle()
    expect(world.execution.view()).toMatchObject({ status: 'quarantined', position })
  })
})

describe('snapshots of a large state', () => {
  it('[OBJ12] are made more seldom the larger it is', async () => {
    const world = new ExecutionWorld()
    const positions = new Set<number>()
    const counted = graphOf(
      [
        start,
        listOf(5000),
        { id: 'each_number', kind: 'each', config: { items: 'steps.numbers.output.value' } },
        make('twice', '{{ item * 2 }}', inside('each_number')),
      ],
      ['start -> numbers', 'numbers -> each_number', 'each_number.body -> twice'],
    )
    world.start(counted, 'counted')
    for (let round = 0; round < 100 && world.execution.view()?.status === 'running'; round += 1) {
      if (world.disk.snapshot !== null)
        positions.add((JSON.parse(world.disk.snapshot) as { position: number }).position)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const [first = 0, second = 0] = positions
    const last = [...positions].slice(-2)
    expect(second - first).toBeLessThan(3 * limits.turnEvents)
    expect((last[1] ?? 0) - (last[0] ?? 0)).toBeGreaterThan(second - first)
  })
})

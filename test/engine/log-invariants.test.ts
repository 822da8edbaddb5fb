import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { ExecutionEvent } from '../../schemas/execution-events.ts'
import { checkLog } from './log-invariants.ts'

const folder = join(import.meta.dirname, '../schemas/published-events')
const samples = new Map(
  readdirSync(folder).map((name) => {
    const { log } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { log: unknown[] }
    return [name.replace('.json', ''), log.map((event) => ExecutionEvent.parse(event))] as const
  }),
)

function check(log: readonly ExecutionEvent[]): void {
  const [first] = log
  if (first?.type !== 'ExecutionStarted') throw new Error('a log begins with the start')
  checkLog(log, first.graph, first.triggerNode)
}

const of = (name: string): ExecutionEvent[] => samples.get(name) ?? []
const at = (log: readonly ExecutionEvent[], type: string): number => log.findIndex((event) => event.type === type)
const without = (log: readonly ExecutionEvent[], type: string) => log.toSpliced(at(log, type), 1)
const twice = (log: readonly ExecutionEvent[], type: string) =>
  log.toSpliced(at(log, type), 0, ...log.slice(at(log, type), at(log, type) + 1))
const changed = (log: readonly ExecutionEvent[], type: string, more: object) =>
  log.with(at(log, type), { ...log[at(log, type)], ...more } as ExecutionEvent)

describe('the invariants of a log', () => {
  it.each([...samples])('hold at every length of a log that the engine wrote: %s', (_, log) => {
    for (const index of log.keys()) {
      // A decision may end in the middle of a log, but its own events belong together.
      if (log[index + 1]?.at === log[index]?.at) continue
      check(log.slice(0, index + 1))
    }
  })

  it.each<[string, ExecutionEvent[]]>([
    ['L5', [...of('succeeded'), ...of('succeeded').slice(-1)]],
    ['L8', changed(of('waits'), 'WaitStarted', { at: 0 })],
    ['H1', without(of('undone'), 'ExecutionPaused')],
    ['H2', without(of('undone'), 'ExecutionResumed')],
    ['U1', changed(of('undone'), 'CompensationStarted', { steps: [] })],
    ['S1', changed(of('undone'), 'AttemptStarted', { attempt: 2 })],
    ['S2', twice(of('containers'), 'StepSkipped')],
    ['S3', without(of('containers'), 'StepSucceeded')],
    ['S4', without(of('containers'), 'IterationStarted')],
    ['S7', twice(of('containers'), 'IterationStarted')],
    ['S10', without(of('failed'), 'StepFailed')],
    ['E2', changed(of('containers'), 'AttemptStarted', { idempotencyKey: 'execution-1.check@orders[2]' })],
    [
      'W1',
      of('waits').map((event) => ('outputAt' in event && event.step === 'ship' ? { ...event, outputAt: 4 } : event)),
    ],
    [
      'T3',
      of('waits').map((event) =>
        event.type === 'WaitStarted' && event.until !== undefined ? { ...event, until: event.until + 1 } : event,
      ),
    ],
  ])('find what is wrong: %s', (name, log) => {
    expect(() => check(log)).toThrow(name)
  })
})

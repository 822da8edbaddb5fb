import { describe, expect, it } from 'vitest'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import { whyAt } from '../../studio/model/why.ts'
import { failAttempt, startExecution, t0 } from '../support/events.ts'
import { delay, graphOf, http, start } from '../support/graphs.ts'
import { told } from './support/engine-log.ts'

const partsOf = (...commands: readonly ExecutionCommand[]) => {
  const log = told(...commands)
  return whyAt(log, log.events.length, null).map(({ parts }) => parts)
}

describe('why, as it is shown', () => {
  it('keeps its instants apart from its words, for the zone of whoever reads them', () => {
    const resting = graphOf([start, delay('rest', 60_000)], ['start -> rest'])
    expect(partsOf(startExecution(resting))).toEqual([
      ['the execution is waiting since ', t0, ''],
      ['step rest waits until ', t0 + 60_000, ''],
    ])
  })

  it('leaves the instants of other people as they wrote them', () => {
    const message = 'closed until 2026-01-01T08:00:00Z'
    const calling = graphOf([start, http('call')], ['start -> call'])
    const [, step] = partsOf(startExecution(calling), failAttempt('call', { failure: { code: 'shut', message } }))
    expect(step).toEqual(['step call failed at ', t0, expect.stringContaining(message)])
  })
})

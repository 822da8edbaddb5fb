import { describe, expect, it } from 'vitest'

import { graphOf, http, start } from '../../support/graphs.ts'
import { ExecutionWorld } from './execution-world.ts'

describe('an attempt that is over in the turn that started it', () => {
  it('is never sent, and the execution ends as its log says', async () => {
    const world = new ExecutionWorld()
    let sent = 0
    world.runner = async () => {
      sent += 1
      return { ok: true, output: null }
    }
    const stop = { id: 'stop', kind: 'fail', config: { message: 'no' } }
    world.start(graphOf([start, http('call'), stop], ['start -> call', 'start -> stop']), 'hash')
    await world.settle()

    expect(world.types()).toEqual([
      'ExecutionStarted',
      'AttemptStarted',
      'StepFailed',
      'StepCancelled',
      'ExecutionFailed',
    ])
    expect(world.execution.state?.status).toBe('failed')
    expect(world.execution.quarantine).toBeNull()
    expect([sent, world.faults]).toEqual([0, []])
  })
})

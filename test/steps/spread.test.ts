import { describe, expect, it } from 'vitest'
import { spread } from '../../runtime/steps/spread.ts'
import type { Attempt, AttemptOutcome } from '../../runtime/steps/step-runner.ts'
import { limits } from '../../schemas/limits.ts'

const attempt = { idempotencyKey: 'key' } as Attempt
const done: AttemptOutcome = { ok: true, output: null }

function world() {
  const here: ((outcome: AttemptOutcome) => void)[] = []
  const elsewhere: Attempt[] = []
  const runner = spread(
    () => new Promise((resolve) => here.push(resolve)),
    async (sent) => {
      elsewhere.push(sent)
      return done
    },
  )
  return { here, elsewhere, run: () => runner(attempt, new AbortController().signal) }
}

describe('many attempts at once', () => {
  it('[HTTP45] go through this object as far as it may have connections, and then elsewhere', async () => {
    const { here, elsewhere, run } = world()
    const first = Array.from({ length: limits.httpConnections }, run)
    expect([here.length, elsewhere.length]).toEqual([limits.httpConnections, 0])
    expect(await run()).toEqual(done)
    expect([here.length, elsewhere]).toEqual([limits.httpConnections, [attempt]])

    here[0]?.(done)
    await first[0]
    const next = run()
    expect([here.length, elsewhere.length]).toEqual([limits.httpConnections + 1, 1])
    for (const end of here) end(done)
    await Promise.all([...first, next])
  })

  it('[HTTP45] fail for now when the other place breaks off', async () => {
    const runner = spread(
      () => new Promise(() => undefined),
      () => Promise.reject(new Error('its code was updated')),
    )
    for (let count = 0; count < limits.httpConnections; count += 1) void runner(attempt, new AbortController().signal)
    expect(await runner(attempt, new AbortController().signal)).toEqual({
      ok: false,
      failure: { code: 'attempt_broken_off', message: 'the attempt broke off: its code was updated' },
      retryable: true,
    })
  })
})

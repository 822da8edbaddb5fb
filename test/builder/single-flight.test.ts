import { describe, expect, it } from 'vitest'

import { SingleFlight } from '../../builder/projections/single-flight.ts'

/** Work that ends when the test says so. */
function held() {
  const begun: { end: (result: string) => void; fail: (error: Error) => void }[] = []
  const work = () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    begun.push({ end: resolve, fail: reject })
    return promise
  }
  return { begun, work, begins: (count: number) => expect.poll(() => begun.length).toBe(count) }
}

describe('single flight', () => {
  it('[SFL1] lets those who ask meanwhile share the next piece of work, not the one under way', async () => {
    const { begun, work, begins } = held()
    const flight = new SingleFlight<string>(() => 0)
    const first = flight.do('w', work)
    await begins(1)
    const waiting = Promise.all([flight.do('w', work), flight.do('w', work), flight.do('w', work)])
    begun[0]?.end('old')
    expect(await first).toBe('old')
    await begins(2)
    begun[1]?.end('new')
    expect(await waiting).toEqual(['new', 'new', 'new'])
    expect(begun).toHaveLength(2)
  })

  it('[SFL2] keeps keys apart and begins afresh when nothing is under way', async () => {
    const { begun, work, begins } = held()
    const flight = new SingleFlight<string>(() => 0)
    const [left, right] = [flight.do('left', work), flight.do('right', work)]
    await begins(2)
    begun[0]?.end('l')
    begun[1]?.end('r')
    expect(await Promise.all([left, right])).toEqual(['l', 'r'])
    const again = flight.do('left', work)
    await begins(3)
    begun[2]?.end('l2')
    expect(await again).toBe('l2')
  })

  it('[SFL3] tells a failure to those who shared it, and to nobody after', async () => {
    const { begun, work, begins } = held()
    const flight = new SingleFlight<string>(() => 0)
    const first = flight.do('w', work)
    await begins(1)
    const shared = [flight.do('w', work), flight.do('w', work)]
    begun[0]?.end('up')
    expect(await first).toBe('up')
    await begins(2)
    begun[1]?.fail(new Error('down'))
    expect(await Promise.allSettled(shared)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
    const later = flight.do('w', work)
    await begins(3)
    begun[2]?.end('up again')
    expect(await later).toBe('up again')
  })

  it('[SFL4] does not wait for work that is taken for dead', async () => {
    const { begun, work, begins } = held()
    let now = 0
    const flight = new SingleFlight<string>(() => now)
    const dead = flight.do('w', work)
    await begins(1)
    const waiting = flight.do('w', work)
    now = 10_001
    await begins(2)
    begun[1]?.end('alive')
    expect(await waiting).toBe('alive')
    begun[0]?.end('late')
    expect(await dead).toBe('late')
  })
})

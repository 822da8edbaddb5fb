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
  return { begun, work }
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('single flight', () => {
  it('[SFL1] lets those who ask meanwhile share the next piece of work, not the one under way', async () => {
    const { begun, work } = held()
    const flight = new SingleFlight<string>(() => 0)
    const first = flight.do('w', work)
    const [second, third] = [flight.do('w', work), flight.do('w', work)]
    expect(begun).toHaveLength(1)
    begun[0]?.end('old')
    expect(await first).toBe('old')
    await turn()
    expect(begun).toHaveLength(2)
    begun[1]?.end('new')
    expect(await Promise.all([second, third])).toEqual(['new', 'new'])
  })

  it('[SFL2] keeps keys apart and begins afresh when nothing is under way', async () => {
    const { begun, work } = held()
    const flight = new SingleFlight<string>(() => 0)
    const [left, right] = [flight.do('left', work), flight.do('right', work)]
    begun[0]?.end('l')
    begun[1]?.end('r')
    expect(await Promise.all([left, right])).toEqual(['l', 'r'])
    const again = flight.do('left', work)
    expect(begun).toHaveLength(3)
    begun[2]?.end('l2')
    expect(await again).toBe('l2')
  })

  it('[SFL3] does not let one failure become that of the next', async () => {
    const { begun, work } = held()
    const flight = new SingleFlight<string>(() => 0)
    const first = flight.do('w', work)
    const second = flight.do('w', work)
    begun[0]?.fail(new Error('down'))
    await expect(first).rejects.toThrow('down')
    await turn()
    begun[1]?.end('up')
    expect(await second).toBe('up')
  })

  it('[SFL4] does not wait for work that is taken for dead', async () => {
    const { begun, work } = held()
    let now = 0
    const flight = new SingleFlight<string>(() => now)
    flight.do('w', work)
    now = 10_001
    const second = flight.do('w', work)
    expect(begun).toHaveLength(2)
    begun[0]?.end('late')
    await turn()
    const third = flight.do('w', work)
    begun[1]?.end('second')
    expect(await second).toBe('second')
    await turn()
    begun[2]?.end('third')
    expect(await third).toBe('third')
  })
})

import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import type { ExecutionView } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import { endpoint } from '../support/endpoint.ts'
import { delay, graphOf, http, make, start } from '../support/graphs.ts'
import { call, codeOf, deployed, json, post } from './http-kit.ts'

type Frame =
  | { type: 'snapshot'; execution: ExecutionView }
  | { type: 'events'; events: { position: number; type: string }[] }
  | { type: 'live'; position: number }

type Watcher = {
  readonly frames: Frame[]
  /** Resolves when a frame is of that type, counted from the first. */
  readonly until: (isIt: (frames: Frame[]) => boolean) => Promise<Frame[]>
  readonly socket: WebSocket
}

async function watch(id: string, query = ''): Promise<Watcher> {
  const response = await call(`/executions/${id}/stream${query}`, { headers: { upgrade: 'websocket' } })
  expect(response.status).toBe(101)
  const socket = response.webSocket
  if (socket === null) throw new Error('an upgraded answer has a socket')
  const frames: Frame[] = []
  socket.addEventListener('message', ({ data }) => {
    if (data !== 'pong') frames.push(JSON.parse(String(data)))
  })
  socket.accept()
  return {
    frames,
    socket,
    until: async (isIt) => {
      await expect.poll(() => isIt(frames)).toBe(true)
      return frames
    },
  }
}
const types = (frames: Frame[]): string[] => frames.map(({ type }) => type)
const positions = (frames: Frame[]): number[] =>
  frames.flatMap((frame) => (frame.type === 'events' ? frame.events.map(({ position }) => position) : []))
const isLive = (frames: Frame[]): boolean => frames.some(({ type }) => type === 'live')
const hasEnded = (frames: Frame[]): boolean =>
  frames.some(
    (frame) =>
      frame.type === 'events' &&
      frame.events.some(({ type }) => /^Execution[SFC]\w+ed$/.test(type) && type !== 'ExecutionStarted'),
  )

const resting = graphOf([start, delay('rest', 60_000), make('after')], ['start -> rest', 'rest -> after'])
async function started(workflowId = 'streamed', graph = resting): Promise<string> {
  await deployed(workflowId, graph)
  return (await json<{ executionId: string }>(await post(`/execute/${workflowId}`))).executionId
}

describe('the live stream', () => {
  it('[HTP22] sends a snapshot, then events as they are recorded', async () => {
    const id = await started()
    const watcher = await watch(id)
    const [snapshot, live] = await watcher.until(isLive)
    expect(snapshot).toMatchObject({ type: 'snapshot', execution: { id, status: 'waiting', position: 2 } })
    expect(live).toEqual({ type: 'live', position: 2 })
    await post(`/executions/${id}/cancel`)
    await watcher.until(hasEnded)
    expect(types(watcher.frames)).toEqual(['snapshot', 'live', 'events'])
    expect(positions(watcher.frames)).toEqual([3, 4])
  })

  it('[HTP22] resumes after a position, without missing or repeating an event', async () => {
    const id = await started()
    for (const after of [0, 1, 2]) {
      const watcher = await watch(id, `?after=${after}`)
      await watcher.until(isLive)
      expect(types(watcher.frames)).toEqual(after === 2 ? ['live'] : ['events', 'live'])
      expect(positions(watcher.frames)).toEqual([1, 2].slice(after))
    }
    await post(`/executions/${id}/cancel`)
    const late = await watch(id, '?after=1')
    await late.until(isLive)
    expect(positions(late.frames)).toEqual([2, 3, 4])
  })

  it('[HTP22] a position that is no position, or not yet one, gets a snapshot', async () => {
    const id = await started()
    for (const after of ['-1', 'x', '1.5', '3', '9999999999', 'Infinity', 'NaN']) {
      const watcher = await watch(id, `?after=${after}`)
      await watcher.until(isLive)
      expect([after, types(watcher.frames)]).toEqual([after, ['snapshot', 'live']])
      expect(watcher.frames.at(-1)).toEqual({ type: 'live', position: 2 })
    }
  })

  it('[HTP22] a position that is too far back gets a snapshot', { timeout: 20_000 }, async () => {
    const shop = await endpoint('long-stream', { status: 503 })
    const retry = { maxAttempts: 10, initialIntervalMs: 0, jitter: 0 }
    const rests = Array.from({ length: limits.graphNodes - 2 }, (_, index) => delay(`rest_${index}`, 1))
    const nodes = [...rests, http('charge', { config: { url: shop.url }, retry, onError: 'continue' })]
    const wide = graphOf(
      [start, ...nodes],
      nodes.map(({ id }) => `start -> ${id}`),
    )
    const id = await started('wide', wide)
    const view = async () => json<ExecutionView>(await call(`/executions/${id}`))
    await expect.poll(async () => (await view()).status, { timeout: 10_000 }).toBe('succeeded')
    const { position } = await view()
    const oldest = position - limits.eventsPage
    expect(oldest).toBeGreaterThan(0)
    const [far, near] = [await watch(id, `?after=${oldest - 1}`), await watch(id, `?after=${oldest}`)]
    await Promise.all([far.until(isLive), near.until(isLive)])
    expect(types(far.frames)).toEqual(['snapshot', 'live'])
    expect(positions(near.frames)).toEqual(Array.from({ length: limits.eventsPage }, (_, index) => oldest + index + 1))
  })

  it('[HTP23] every watcher gets every event', async () => {
    const id = await started()
    const watchers = await Promise.all([watch(id), watch(id, '?after=0'), watch(id, '?after=2')])
    await Promise.all(watchers.map(({ until }) => until(isLive)))
    await post(`/executions/${id}/cancel`)
    await Promise.all(watchers.map(({ until }) => until(hasEnded)))
    expect(watchers.map(({ frames }) => positions(frames))).toEqual([
      [3, 4],
      [1, 2, 3, 4],
      [3, 4],
    ])
  })

  it('[HTP23] goes on after the object was evicted under it', async () => {
    const id = await started()
    const watcher = await watch(id)
    await watcher.until(isLive)
    await evictDurableObject(env.EXECUTION.get(env.EXECUTION.idFromString(id)))
    await post(`/executions/${id}/cancel`)
    await watcher.until(hasEnded)
    expect(positions(watcher.frames)).toEqual([3, 4])
  })

  it('[HTP23] a watcher who leaves disturbs nobody', async () => {
    const id = await started()
    const [leaver, stayer] = [await watch(id), await watch(id)]
    await stayer.until(isLive)
    leaver.socket.close(1000, 'enough')
    await post(`/executions/${id}/cancel`)
    await stayer.until(hasEnded)
    expect(await json(await call(`/executions/${id}`))).toMatchObject({ status: 'cancelled' })
  })

  it('[HTP23] what a watcher says changes nothing', async () => {
    const id = await started()
    const watcher = await watch(id)
    await watcher.until(isLive)
    watcher.socket.send('{"type":"cancel"}')
    watcher.socket.send(new Uint8Array(1000))
    expect(await json(await call(`/executions/${id}`))).toMatchObject({ status: 'waiting', position: 2 })
  })

  it('[HTP22] without an upgrade it says what it is', async () => {
    const id = await started()
    const response = await call(`/executions/${id}/stream`)
    expect(response.headers.get('upgrade')).toBe('websocket')
    expect(await codeOf(response)).toEqual([426, 'upgrade_required'])
  })
})

import { describe, expect, it } from 'vitest'
import { InvariantViolation } from '../../runtime/engine/index.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import {
  ExecutionFeed,
  type FeedFrame,
  type FeedStatus,
  type FeedWorld,
  reconnectDelayMs,
} from '../../studio/live/execution-feed.ts'
import {
  type ExecutionLog,
  extendLog,
  hasEnded,
  lastPosition,
  newLog,
  stateAt,
} from '../../studio/model/execution-log.ts'
import { triageLog } from './support/triage-log.ts'

type Stream = {
  readonly after: number
  readonly frame: (frame: FeedFrame) => void
  readonly close: () => void
  isOpen: boolean
}
class Refused extends Error {}

/** A server that holds `recorded` events, a browser whose timers are run by hand, and the page that owns the feed. */
function setting(recorded: number) {
  const server = { recorded, isDown: false, isRefusing: false, pages: [] as number[], streams: [] as Stream[] }
  const page = {
    log: newLog() as ExecutionLog,
    statuses: [] as FeedStatus[],
    hasRead: false,
    isOnline: true,
    timers: [] as { run: () => void; ms: number }[],
  }
  const world: FeedWorld = {
    fetchPage: async (after) => {
      server.pages.push(after)
      if (server.isRefusing) throw new Refused()
      if (server.isDown) throw new Error('no answer')
      const events = triageLog.slice(after, Math.min(server.recorded, after + 3))
      const last = after + events.length
      return { events, next: last < server.recorded ? last : undefined }
    },
    openStream: (after, on) => {
      const stream: Stream = { after, ...on, isOpen: true }
      server.streams.push(stream)
      return {
        close: () => {
          stream.isOpen = false
        },
      }
    },
    isFinal: (error) => error instanceof Refused || error instanceof InvariantViolation,
    isOnline: () => page.isOnline,
    schedule: (run, ms) => {
      const timer = { run, ms }
      page.timers.push(timer)
      return () => {
        page.timers = page.timers.filter((other) => other !== timer)
      }
    },
    chance: () => 0,
  }
  const feed = new ExecutionFeed(world, {
    receive: (events) => {
      const extension = extendLog(page.log, events)
      if (!extension.ok) return { missingAfter: extension.after }
      page.log = extension.log
      return null
    },
    position: () => lastPosition(page.log),
    hasEnded: () => hasEnded(stateAt(page.log, lastPosition(page.log))),
    onCaughtUp: () => {
      page.hasRead = true
    },
    onStatus: (status) => page.statuses.push(status),
  })
  return { server, page, feed }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
const frame = (...events: readonly RecordedEvent[]): FeedFrame => ({ type: 'events', events })
const newest = <Item>(items: readonly Item[]): Item => {
  const last = items.at(-1)
  if (last === undefined) throw new Error('there is one')
  return last
}

describe('feed of one execution', () => {
  it('reads a finished execution page by page and opens no stream', async () => {
    const { server, page, feed } = setting(9)
    feed.start()
    await settled()
    expect(page.log.events).toEqual(triageLog)
    expect(server.pages).toEqual([0, 3, 6])
    expect(server.streams).toEqual([])
    expect(page.statuses).toEqual(['loading', 'ended'])
  })

  it('says that everything is read after the last page, and not before, whether or not a stream opens', async () => {
    const { server, page, feed } = setting(4)
    server.isDown = true
    feed.start()
    await settled()
    expect(page.hasRead).toBe(false)
    server.isDown = false
    newest(page.timers).run()
    await settled()
    newest(server.streams).close()
    expect(page.hasRead).toBe(true)
  })

  it('goes on by stream from where the pages end, until the execution is over', async () => {
    const { server, page, feed } = setting(4)
    feed.start()
    await settled()
    const stream = newest(server.streams)
    expect(stream.after).toBe(4)
    stream.frame({ type: 'live' })
    stream.frame(frame(...triageLog.slice(4)))
    expect(page.log.events).toEqual(triageLog)
    expect(page.statuses).toEqual(['loading', 'live', 'ended'])
    expect(stream.isOpen).toBe(false)
  })

  it('fetches what is missing when a frame leaves a gap', async () => {
    const { server, page, feed } = setting(4)
    feed.start()
    await settled()
    server.recorded = 7
    newest(server.streams).frame(frame(...triageLog.slice(5, 7)))
    await settled()
    expect(page.log.events).toEqual(triageLog.slice(0, 7))
    expect(server.streams).toHaveLength(1)
  })

  it('fetches when the server begins with a summary instead of events', async () => {
    const { server, page, feed } = setting(4)
    feed.start()
    await settled()
    server.recorded = 6
    newest(server.streams).frame({ type: 'snapshot' })
    await settled()
    expect(lastPosition(page.log)).toBe(6)
  })

  it('comes back after a lost connection with what was missed in between', async () => {
    const { server, page, feed } = setting(4)
    feed.start()
    await settled()
    newest(server.streams).frame({ type: 'live' })
    newest(server.streams).close()
    expect(newest(page.statuses)).toBe('reconnecting')
    server.recorded = 6
    newest(page.timers).run()
    await settled()
    expect(lastPosition(page.log)).toBe(6)
    expect(newest(server.streams).after).toBe(6)
    expect(server.streams).toHaveLength(2)
  })

  it('waits longer after every failure and says when the browser is offline', async () => {
    const { server, page, feed } = setting(4)
    server.isDown = true
    page.isOnline = false
    feed.start()
    await settled()
    expect(newest(page.statuses)).toBe('offline')
    for (let tries = 0; tries < 3; tries += 1) {
      newest(page.timers).run()
      await settled()
    }
    expect(page.timers.map((timer) => timer.ms)).toEqual([400, 800, 1600, 3200])
  })

  it('tries at once when asked, without a second stream beside an open one', async () => {
    const { server, page, feed } = setting(4)
    server.isDown = true
    feed.start()
    await settled()
    server.isDown = false
    feed.retryNow()
    await settled()
    expect(lastPosition(page.log)).toBe(4)
    expect(page.timers).toEqual([])
    feed.retryNow()
    await settled()
    expect(server.streams).toHaveLength(1)
  })

  it('does not trust an open stream when the network goes', async () => {
    const { server, page, feed } = setting(4)
    feed.start()
    await settled()
    page.isOnline = false
    feed.reconnect()
    expect(newest(page.statuses)).toBe('offline')
    expect(newest(server.streams).isOpen).toBe(false)
    page.isOnline = true
    server.recorded = 6
    feed.retryNow()
    await settled()
    expect(lastPosition(page.log)).toBe(6)
    expect(newest(server.streams)).toMatchObject({ after: 6, isOpen: true })
  })

  it('opens the stream anew after the computer slept', async () => {
    const { server, page, feed } = setting(4)
    feed.start()
    await settled()
    server.recorded = 5
    feed.reconnect()
    await settled()
    expect(lastPosition(page.log)).toBe(5)
    expect(server.streams.map((stream) => stream.isOpen)).toEqual([false, true])
    feed.stop()
    feed.reconnect()
    await settled()
    expect(server.streams).toHaveLength(2)
  })

  it('goes on after the end when the execution does, and asks once when it does not', async () => {
    const { server, page, feed } = setting(9)
    feed.start()
    await settled()
    feed.retryNow()
    feed.goOn()
    await settled()
    expect(server.pages).toEqual([0, 3, 6, 9])
    expect(newest(page.statuses)).toBe('ended')
    expect(server.streams).toEqual([])
  })

  it('gives up when the server refuses', async () => {
    const { server, page, feed } = setting(4)
    server.isRefusing = true
    feed.start()
    await settled()
    expect(page.statuses).toEqual(['loading', 'refused'])
    expect(page.timers).toEqual([])
  })

  it('gives up when the events contradict each other', async () => {
    const { server, page, feed } = setting(4)
    feed.start()
    await settled()
    const begunTwice = { ...newest(triageLog.slice(0, 1)), position: 5 }
    newest(server.streams).frame(frame(begunTwice))
    expect(newest(page.statuses)).toBe('refused')
    expect(newest(server.streams).isOpen).toBe(false)
    expect(lastPosition(page.log)).toBe(4)
  })

  it('is silent once it is stopped', async () => {
    const { server, page, feed } = setting(4)
    feed.start()
    await settled()
    const stream = newest(server.streams)
    feed.stop()
    stream.frame(frame(...triageLog.slice(4)))
    stream.close()
    expect(lastPosition(page.log)).toBe(4)
    expect(stream.isOpen).toBe(false)
    expect(page.statuses).toEqual(['loading'])
  })
})

describe('delay before the next connection', () => {
  it('doubles up to a bound, and chance takes at most half of it', () => {
    expect([0, 1, 2, 3].map((failures) => reconnectDelayMs(failures, 0))).toEqual([400, 800, 1600, 3200])
    expect(reconnectDelayMs(50, 0)).toBe(15_000)
    expect(reconnectDelayMs(1, 1)).toBe(400)
  })
})

import { z } from 'zod'
import { parseEvents } from '../model/read-events.ts'
import type { FeedFrame } from './execution-feed.ts'

const Frame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot') }),
  z.object({ type: z.literal('events'), events: z.array(z.unknown()) }),
  z.object({ type: z.literal('live') }),
])

/** The stream of one execution over a WebSocket. A frame that cannot be read closes it: the feed then asks over HTTP, which says why. */
export function openEventStream(
  executionId: string,
  after: number,
  on: { readonly frame: (frame: FeedFrame) => void; readonly close: () => void },
): { readonly close: () => void } {
  const url = new URL(`/actions/executions/${encodeURIComponent(executionId)}/stream?after=${after}`, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  socket.addEventListener('message', (message) => {
    const frame = readFrame(String(message.data))
    if (frame === null) socket.close(4000, 'unreadable frame')
    else on.frame(frame)
  })
  socket.addEventListener('close', on.close)
  return { close: () => socket.close(1000) }
}

function readFrame(text: string): FeedFrame | null {
  try {
    const frame = Frame.parse(JSON.parse(text))
    return frame.type === 'events' ? { type: 'events', events: parseEvents(frame.events) } : frame
  } catch (error) {
    console.error('A frame of the stream could not be read', error)
    return null
  }
}

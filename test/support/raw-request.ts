import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'

export type RawAnswer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export type RawBody = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** A request as `fetch` would not send it: the path as it is, any method, a body that need not end. */
export function rawRequest(
  origin: string,
  path: string,
  options: { readonly method: string; readonly headers: Record<string, string>; readonly body?: RawBody },
): Promise<RawAnswer> {
  const { method, headers, body } = options
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    let isAnswered = false
    const sent = request({ hostname, port, path, method, headers, agent: false }, (answer) => {
      isAnswered = true
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
        sent.destroy()
      })
    })
    const closed = new Promise((resolveClosed) => sent.on('close', resolveClosed))
    // After the answer the server may close what it has no use for.
    sent.on('error', (error) => (isAnswered ? undefined : reject(error)))
    const pump = async (): Promise<void> => {
      for await (const part of body ?? []) {
        // One part a turn of the loop, so that an answer is read before more is written into a closed door.
        await new Promise((next) => setImmediate(next))
        if (isAnswered || sent.destroyed) return
        if (!sent.write(part)) await Promise.race([once(sent, 'drain'), closed])
      }
      if (!sent.destroyed) sent.end()
    }
    pump().catch(reject)
  })
}

/** Writes a text to a new connection, says nothing more, and gives what came back until the other side closed it or `ms` were over. */
export function rawExchange(port: number, text: string, ms: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.setEncoding('utf8').on('data', (part: string) => {
      received += part
      // A whole answer is here; a connection that is kept open need not be waited for.
      if (received.includes('\r\n\r\n')) setTimeout(() => socket.destroy(), 100)
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(received)
    })
  })
}

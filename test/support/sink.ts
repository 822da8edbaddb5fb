import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type SinkCall = {
  readonly path: string
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
export type SinkAnswer = {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly delayMs?: number
}

/** A real HTTP server outside Stepwell that keeps every call it sees: the ledger that effects are counted by. */
export class Sink {
  readonly calls: SinkCall[] = []
  readonly url: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(answer: (call: SinkCall) => SinkAnswer): Promise<Sink> {
    let sink: Sink | undefined
    const server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => {
        body += chunk
      })
      request.on('end', () => {
        const call = { path: request.url ?? '', method: request.method ?? '', headers: request.headers, body }
        sink?.calls.push(call)
        const {
          status = 200,
          headers = { 'content-type': 'application/json' },
          body: text = '{}',
          delayMs = 0,
        } = answer(call)
        setTimeout(() => response.writeHead(status, headers).end(text), delayMs)
      })
    })
    // A connection that is closed while it is being used again would look like a fault of the network.
    server.keepAliveTimeout = 120_000
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    sink = new Sink(server)
    return sink
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

import type { Page } from 'playwright-core'

import type { NamedText } from './canary.ts'
import type { TestServer } from './server.ts'

/** Everything that came out of a server while somebody looked: answers with their headers, frames of streams, pages. */
export class Witness {
  readonly seen: NamedText[] = []
  readonly #server: TestServer

  constructor(server: TestServer) {
    this.#server = server
  }

  note(name: string, text: string): void {
    this.seen.push({ name, text })
  }

  /** As `TestServer.fetch`. */
  readonly fetch: TestServer['fetch'] = async (path, init) => {
    const answer = await this.#server.fetch(path, init)
    const bytes = Buffer.from(await answer.clone().arrayBuffer())
    this.note(`${init?.method ?? 'GET'} ${path}`, `${JSON.stringify([...answer.headers])}\n${bytes.toString('latin1')}`)
    return answer
  }

  /** Keeps every frame of an execution's live stream until `close`. Resolves when the stream has said that it is live. */
  async watch(executionId: string, query: string): Promise<{ readonly close: () => void }> {
    const url = new URL(`/actions/executions/${executionId}/stream${query}`, this.#server.url)
    url.protocol = 'ws:'
    // The types are a browser's, whose sockets take no headers; Node's do.
    const headers = { authorization: `Bearer ${this.#server.token}` }
    const socket: WebSocket = Reflect.construct(WebSocket, [url, { headers }])
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('error', () => reject(new Error(`the stream ${url.pathname} broke`)))
      socket.addEventListener('message', ({ data }) => {
        this.note(`frame of ${url.pathname}${query}`, String(data))
        if (JSON.parse(String(data)).type === 'live') resolve()
      })
    })
    return { close: () => socket.close() }
  }

  /** Keeps what a page is sent from now on: answers and frames. `notePage` keeps what it shows. */
  listen(page: Page): void {
    page.on('response', (response) => {
      response.body().then(
        (body) => this.note(`browser ${response.url()}`, body.toString('latin1')),
        // Redirects, and what the page left before it arrived, have no body.
        (error: Error) => this.note(`browser ${response.url()}`, error.message),
      )
    })
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => this.note(`browser ${socket.url()}`, payload.toString())),
    )
    page.on('console', (message) => this.note('browser console', message.text()))
  }

  async notePage(page: Page): Promise<void> {
    this.note(`page ${page.url()}`, await page.content())
    this.note(`text of ${page.url()}`, (await page.locator('body').textContent()) ?? '')
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { bundleWorker } from '../../scripts/bundle.ts'
import { type Server, startServer } from '../../scripts/server.ts'
import { post } from './load.ts'
import { cpuMsOf, residentMiB, workerdBelow } from './process-usage.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const adminToken = 'bench-admin-token'

/** The real server with the floor beside it in the same workerd, and a local server for http steps to call. */
export class BenchServer {
  readonly url: string
  readonly floorUrl: string
  readonly sinkUrl: string
  readonly #storage: string
  readonly #ports: { readonly server: number; readonly floor: number }
  readonly #closeSink: () => void
  #server: Server | null = null
  #workerd = 0

  private constructor(ports: { server: number; floor: number }, sink: { url: string; close: () => void }) {
    this.#ports = ports
    this.#storage = mkdtempSync(join(tmpdir(), 'stepwell-bench-'))
    this.url = `http://127.0.0.1:${ports.server}`
    this.floorUrl = `http://127.0.0.1:${ports.floor}`
    this.sinkUrl = sink.url
    this.#closeSink = sink.close
  }

  static async start(): Promise<BenchServer> {
    const server = new BenchServer({ server: await freePort(), floor: await freePort() }, await startSink())
    await server.#begin()
    return server
  }

  get workerd(): number {
    return this.#workerd
  }

  readonly cpuMs = (): number => cpuMsOf(this.#workerd)

  memoryMiB(): number {
    return residentMiB(this.#workerd)
  }

  /** Nothing stays in memory: every object is woken from its SQLite. */
  async restart(): Promise<void> {
    await this.#server?.stop()
    await this.#begin()
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#closeSink()
    rmSync(this.#storage, { recursive: true, force: true })
  }

  async publish(graph: {
    name: string
    nodes: readonly object[]
    edges: readonly object[]
  }): Promise<{ workflowId: string; contentHash: string; hookUrl: string }> {
    const draft = await this.ask<{ id: string }>('POST', '/api/actions/drafts', graph)
    const published = await this.ask<{ workflowId: string; contentHash: string; hooks: { url: string }[] }>(
      'POST',
      `/api/actions/drafts/${draft.id}/publish`,
    )
    return { ...published, hookUrl: published.hooks[0]?.url ?? '' }
  }

  async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text) as Answer
  }

  /** Starts a workflow by its manual trigger and waits for its end. */
  async execute(workflowId: string, input: unknown): Promise<{ executionId: string; status: string }> {
    const { status, text } = await post(`${this.url}/actions/execute/${workflowId}?wait=30000`, JSON.stringify(input), {
      authorization: `Bearer ${adminToken}`,
    })
    if (status !== 200) throw new Error(`execute answered ${status}: ${text}`)
    return JSON.parse(text) as { executionId: string; status: string }
  }

  async #begin(): Promise<void> {
    this.#server = await startServer({
      root,
      host: '127.0.0.1',
      port: this.#ports.server,
      storage: this.#storage,
      adminToken,
      secretsKey: Buffer.alloc(32, 7).toString('base64'),
      publicUrl: `http://localhost:${this.#ports.server}`,
      allowsPrivateNetwork: true,
      report: (line) => process.stderr.write(`${line}\n`),
      guests: [
        {
          name: 'stepwell-floor',
          modules: await bundleWorker(join(root, 'test/bench/floor-worker.ts')),
          compatibilityDate: '2026-08-01',
          durableObjects: {
            FLOOR: { className: 'FloorObject', useSQLite: true },
            EXECUTION: { className: 'ExecutionObject', useSQLite: true, scriptName: 'stepwell-runtime' },
          },
          unsafeDirectSockets: [{ host: '127.0.0.1', port: this.#ports.floor }],
        },
      ],
    })
    this.#workerd = workerdBelow(process.pid)
  }
}

/** How long the sink takes at `/slow`: what a call to a service nearby takes. */
export const slowMs = 50

/** Answers every call at once with a small JSON body. */
async function startSink(): Promise<{ url: string; close: () => void }> {
  // Closing a connection that nobody has used for a while may meet the next request on it.
  const sink = createHttpServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    request.resume()
    const status = request.url === '/unavailable' ? 503 : 200
    const answer = (): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":1,"ok":true}')
    request.on('end', () => (request.url === '/slow' ? setTimeout(answer, slowMs) : answer()))
  })
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`, close: () => void sink.close() }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const serve = fileURLToPath(import.meta.resolve('../../scripts/serve.ts'))

export interface TestServerOptions {
  /** Kept at the end when given; otherwise a temporary folder that `stop` removes. */
  readonly dataFolder?: string
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
  /** As `npm run dev` starts it: the studio is served from its sources, at an address of its own. */
  readonly isDevelopment?: boolean
}

/** The real server as a child process. */
export interface TestServer {
  readonly url: string
  readonly port: number
  readonly token: string
  readonly dataFolder: string
  /** The child process of now; `restart` changes it. */
  readonly process: ChildProcess
  /** All that every process of this server has printed. */
  readonly stdout: string
  readonly stderr: string
  /** `fetch` of a path with the admin token. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Kills the process as a crash would. */
  kill9(): Promise<void>
  /** Starts again on the same data and port, whether the server was stopped, killed or is still running. */
  restart(): Promise<void>
  /** Ends the server as Ctrl-C does and returns its exit code. */
  stop(): Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts the server and waits until it says so and both Workers answer. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const port = options.port ?? (await freePort())
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'stepwell-test-'))
  const env = { PORT: String(port), STEPWELL_DATA: dataFolder, ...options.env }
  const printed = { stdout: '', stderr: '' }
  const url = `http://127.0.0.1:${port}`
  const flags = options.isDevelopment === true ? ['--dev'] : []
  let child = spawnServer(env, printed, flags)
  await untilServing(url, child, printed)

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!hasEnded(child)) {
      child.kill(signal)
      await once(child, 'exit')
    }
    return child.exitCode
  }
  const removeData = () => {
    if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true, maxRetries: 10 })
  }
  const server: TestServer = {
    url,
    port,
    dataFolder,
    get token() {
      return options.env?.['ADMIN_TOKEN'] ?? readFileSync(join(dataFolder, 'admin-token'), 'utf8').trim()
    },
    get process() {
      return child
    },
    get stdout() {
      return printed.stdout
    },
    get stderr() {
      return printed.stderr
    },
    fetch: (path, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${server.token}`)
      return fetch(new URL(path, url), { ...init, headers })
    },
    kill9: async () => void (await end('SIGKILL')),
    restart: async () => {
      await end('SIGINT')
      child = spawnServer(env, printed, flags)
      await untilServing(url, child, printed)
    },
    stop: async () => {
      const code = await end('SIGINT')
      removeData()
      return code
    },
    [Symbol.asyncDispose]: async () => void (await server.stop()),
  }
  return server
}

/** Runs the server until it ends by itself, for starts that must fail. */
export async function runServer(
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' }
  const child = spawnServer(env, printed)
  const [code] = await once(child, 'close')
  return { code, ...printed }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

/** The environment is closed: no setting of the person who runs the tests reaches the server. */
function spawnServer(
  env: Readonly<Record<string, string>>,
  printed: { stdout: string; stderr: string },
  flags: readonly string[] = [],
): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [serve, ...flags], {
    env: { PATH, HOME, ...env },
    // The channel ends the server when the test's process dies; the group of its own lets a test press Ctrl-C.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    printed.stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    printed.stderr += text
  })
  return child
}

/** The studio may have to be built first. */
const startTimeoutMs = 90_000

async function untilServing(url: string, child: ChildProcess, printed: { stderr: string }): Promise<void> {
  let hasAnnounced = false
  child.stdout?.once('data', () => {
    hasAnnounced = true
  })
  const deadline = performance.now() + startTimeoutMs
  while (performance.now() < deadline) {
    if (hasEnded(child)) throw new Error(`The server ended while starting: ${printed.stderr}`)
    if (hasAnnounced && (await isHealthy(`${url}/api/health`)) && (await isHealthy(`${url}/actions/health`))) return
    await sleep(25)
  }
  child.kill('SIGKILL')
  throw new Error(`The server was not healthy within ${startTimeoutMs} ms: ${printed.stderr}`)
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    // Nothing listens yet.
    return false
  }
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

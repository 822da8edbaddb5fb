import { createServer } from 'node:net'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare, type MiniflareOptions, NoOpLog } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as readWorkerConfig } from 'wrangler'
import { bundleWorker, type WorkerModule } from './bundle.ts'
import { migrateStorage } from './migrate.ts'
import { Refusal } from './refusal.ts'

export interface ServerOptions {
  /** The checkout. */
  readonly root: string
  readonly host: string
  readonly port: number
  /** Where workerd keeps the objects and D1. */
  readonly storage: string
  readonly adminToken: string
  /** 32 bytes in base64. */
  readonly secretsKey: string
  /** The origin by which others reach the server. */
  readonly publicUrl: string
  readonly allowsPrivateNetwork: boolean
  /** Takes one line per uncaught error or warning of a Worker. */
  readonly report: (line: string) => void
  /** More Workers in the same workerd, for a benchmark that compares with them. */
  readonly guests?: readonly GuestWorker[]
}

export type GuestWorker = {
  readonly name: string
  readonly modules: WorkerModule[]
  readonly compatibilityDate: string
  readonly compatibilityFlags?: string[]
  readonly durableObjects?: Record<string, { className: string; useSQLite?: boolean; scriptName?: string }>
  readonly unsafeDirectSockets?: { host: string; port: number }[]
}

export interface Server {
  /** Puts a new bundle in place of one Worker's. Data and port stay; executions in flight go on as after a crash. */
  replace(worker: 'runtime' | 'builder', modules: WorkerModule[]): Promise<void>
  stop(): Promise<void>
}

interface Bundles {
  readonly runtime: WorkerModule[]
  readonly builder: WorkerModule[]
  readonly door: WorkerModule[]
  readonly outbound: WorkerModule[]
}

/** As builder/wrangler.toml names it. */
const databaseId = 'stepwell'

/** The builder catches up with the runtime at this beat; on Cloudflare its cron trigger does. */
const tickMs = 60_000

/**
 * Serves both Workers and the studio on one port.
 * @throws Refusal when the port cannot be had.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  await checkPort(options.host, options.port)
  const migrations = join(options.root, 'migrations/builder')
  let [bundles] = await Promise.all([bundleAll(options.root), migrateStorage(options.storage, databaseId, migrations)])
  const miniflare = new Miniflare(toMiniflareOptions(options, bundles))
  await miniflare.ready
  const stopTicking = tick(miniflare, options.report)
  return {
    replace: async (worker, modules) => {
      bundles = { ...bundles, [worker]: modules }
      await miniflare.setOptions(toMiniflareOptions(options, bundles))
    },
    stop: async () => {
      stopTicking()
      await miniflare.dispose()
    },
  }
}

async function bundleAll(root: string): Promise<Bundles> {
  const entries = ['runtime/worker.ts', 'builder/worker.ts', 'scripts/door.ts', 'scripts/outbound.ts'] as const
  const [runtime, builder, door, outbound] = await Promise.all(entries.map((entry) => bundleWorker(join(root, entry))))
  if (!runtime || !builder || !door || !outbound) throw new Error('four entries give four bundles')
  return { runtime, builder, door, outbound }
}

function toMiniflareOptions(options: ServerOptions, bundles: Bundles): MiniflareOptions {
  return convertV4MiniflareOptions({
    workers: [
      {
        name: 'stepwell-door',
        modules: bundles.door,
        compatibilityDate: '2026-08-01',
        serviceBindings: { RUNTIME: 'stepwell-runtime', BUILDER: 'stepwell-builder' },
        unsafeDirectSockets: [{ host: options.host, port: options.port }],
      },
      { ...workerOptions(options, 'builder/wrangler.toml'), name: 'stepwell-builder', modules: bundles.builder },
      { ...workerOptions(options, 'wrangler.toml'), name: 'stepwell-runtime', modules: bundles.runtime },
      ...(options.allowsPrivateNetwork ? [] : [outboundWorker(bundles.outbound)]),
      ...(options.guests ?? []),
    ],
    resourcePersistencePath: options.storage,
    // Each of these would ask a server of Cloudflare's, or tell it something.
    cf: false,
    telemetry: { enabled: false },
    log: new NoOpLog(),
    handleUncaughtError: (error) => options.report(error.stack ?? String(error)),
    handleStructuredLogs: ({ level, message }) => {
      if (level === 'error' || level === 'warn') options.report(message)
    },
  })
}

/** Bindings come from the file that deploys the Worker; only the modules are our own bundle. */
function workerOptions(options: ServerOptions, config: string) {
  const { modulesRules: _, ...worker } = readWorkerConfig(join(options.root, config)).workerOptions
  return {
    ...worker,
    rootPath: options.root,
    bindings: Object.assign({}, worker.bindings, {
      ADMIN_TOKEN: options.adminToken,
      SECRETS_KEY: options.secretsKey,
      PUBLIC_URL: options.publicUrl,
      ...(options.allowsPrivateNetwork ? { ALLOW_PRIVATE_NETWORK: '1' } : {}),
    }),
    // Otherwise Miniflare adds a header to every request that leaves.
    stripCfConnectingIp: false,
    ...(options.allowsPrivateNetwork ? {} : { outboundService: 'stepwell-outbound' }),
  }
}

/** workerd's "public" lets ranges through that carry an IPv4 address inside: NAT64, 6to4 and Teredo. */
const outboundWorker = (modules: WorkerModule[]) => ({
  name: 'stepwell-outbound',
  modules,
  compatibilityDate: '2026-08-01',
  serviceBindings: {
    NETWORK: {
      network: {
        allow: ['public'],
        deny: ['64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32'],
        tlsOptions: { trustBrowserCas: true },
      },
    },
  },
})

/** workerd would end with a message of its own; this one says what to do. */
async function checkPort(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => reject(portRefusal(host, port, error.code)))
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

function portRefusal(host: string, port: number, code: string | undefined): Refusal {
  if (code === 'EADDRINUSE') return new Refusal(`Port ${port} is in use; stop what uses it, or set PORT to a free one.`)
  return new Refusal(`Cannot listen on ${host}:${port} (${code}); set HOST and PORT to an address of this machine.`)
}

/** Ticks at once too: queue messages do not outlive a local workerd, so the builder may be behind. */
function tick(miniflare: Miniflare, report: (line: string) => void): () => void {
  let hasStopped = false
  const catchUp = async () => {
    try {
      const builder = await miniflare.getWorker('stepwell-builder')
      await builder.scheduled({ cron: '* * * * *' })
    } catch (error) {
      // A tick that the stop has cut off is caught up by the first tick of the next start.
      if (!hasStopped) report(`The tick of the builder failed: ${error}`)
    }
  }
  void catchUp()
  const timer = setInterval(() => void catchUp(), tickMs)
  return () => {
    hasStopped = true
    clearInterval(timer)
  }
}

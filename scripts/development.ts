import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createServer } from 'vite'
import { type WorkerModule, watchWorker } from './bundle.ts'
import { type Server, type ServerOptions, startServer } from './server.ts'

/**
 * Serves as `startServer` does, puts every changed Worker in place at once, and serves the studio from its sources at
 * the returned address, with /api and /actions passed on.
 */
export async function startDevelopment(options: ServerOptions): Promise<{ url: string; stop(): Promise<void> }> {
  // The builder's configuration names this folder; nothing is read from it here.
  mkdirSync(join(options.root, 'studio/dist'), { recursive: true })
  const server = await startServer(options)
  const stopWatching = await watchBoth(options.root, server, options.report)
  const target = `http://${options.host}:${options.port}`
  const studio = await createServer({
    root: join(options.root, 'studio'),
    server: {
      proxy: {
        // Not the studio's own modules, some of which lie below /api too. Of a bare address Vite would change the Host
        // header, and a write whose Origin is not its Host is refused.
        '^/api/(?!.*\\.tsx?(\\?|$))': { target },
        '/actions': { target, ws: true },
      },
    },
  })
  await studio.listen()
  const [url = target] = studio.resolvedUrls?.local ?? []
  return {
    url: url.replace(/\/$/, ''),
    stop: async () => {
      await Promise.all([studio.close(), ...stopWatching.map((stop) => stop())])
      await server.stop()
    },
  }
}

function watchBoth(root: string, server: Server, report: ServerOptions['report']): Promise<(() => Promise<void>)[]> {
  const watch = (worker: 'runtime' | 'builder') => {
    let served: string | undefined
    return watchWorker(join(root, worker, 'worker.ts'), (modules) => {
      const isFirst = served === undefined
      const isSame = served === textOf(modules)
      served = textOf(modules)
      // The first bundle is the one the server has just started with.
      if (isFirst || isSame) return
      server.replace(worker, modules).catch((error: unknown) => report(`The ${worker} was not replaced: ${error}`))
    })
  }
  return Promise.all([watch('runtime'), watch('builder')])
}

const textOf = (modules: WorkerModule[]): string =>
  modules.map(({ path, contents }) => `${path}\0${contents}`).join('\0')

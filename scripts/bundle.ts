import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type BuildOptions, build, context, type OutputFile, type Plugin } from 'esbuild'

/** One module of a Worker, in the shape Miniflare's `modules` option takes. The first of a list is the main module. */
export interface WorkerModule {
  readonly type: 'ESModule' | 'CompiledWasm'
  readonly path: string
  readonly contents: string | Uint8Array<ArrayBuffer>
}

/** Bundles the Worker whose entry file this is. */
export async function bundleWorker(entry: string): Promise<WorkerModule[]> {
  const wasm = new Map<string, WorkerModule>()
  const result = await build({ ...options(entry), plugins: [collectWasm(wasm)] })
  return toModules(result.outputFiles, wasm)
}

/** Bundles again after every change of a source file; the first bundle is handed over too. The result ends it. */
export async function watchWorker(
  entry: string,
  onBundle: (modules: WorkerModule[]) => void,
): Promise<() => Promise<void>> {
  const wasm = new Map<string, WorkerModule>()
  const report: Plugin = {
    name: 'report',
    setup: ({ onEnd }) => {
      onEnd((result) => {
        // esbuild has printed the errors; the last good bundle goes on serving.
        if (result.errors.length === 0) onBundle(toModules(result.outputFiles ?? [], wasm))
      })
    },
  }
  const watcher = await context({ ...options(entry), plugins: [collectWasm(wasm), report] })
  await watcher.watch()
  return () => watcher.dispose()
}

const options = (entry: string) =>
  ({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    // What wrangler chooses too, so a package resolves to the same file here and when deployed.
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['browser', 'module', 'main'],
    external: ['cloudflare:*', 'node:*'],
    loader: { '.sql': 'text', '.txt': 'text' },
    outfile: 'worker.mjs',
    logLevel: 'warning',
  }) satisfies BuildOptions & { write: false }

/** workerd compiles WebAssembly itself: each file stays a module beside the bundle, named by its content. */
function collectWasm(found: Map<string, WorkerModule>): Plugin {
  return {
    name: 'wasm-modules',
    setup: ({ onResolve, resolve }) => {
      onResolve({ filter: /\.wasm(\?module)?$/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === resolved) return undefined
        const specifier = path.replace('?module', '')
        const file = await resolve(specifier, { importer, kind, resolveDir, pluginData: resolved })
        if (file.errors.length > 0) return file
        const contents = new Uint8Array(readFileSync(file.path))
        const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12)
        const name = `${hash}-${basename(file.path)}`
        found.set(name, { type: 'CompiledWasm', path: name, contents })
        return { path: `./${name}`, external: true }
      })
    },
  }
}

/** Marks the plugin's own question to esbuild, which would otherwise be answered by the plugin again. */
const resolved = Symbol('resolved')

function toModules(files: readonly OutputFile[], wasm: ReadonlyMap<string, WorkerModule>): WorkerModule[] {
  const main = files.map(({ text }): WorkerModule => ({ type: 'ESModule', path: 'worker.mjs', contents: text }))
  return [...main, ...wasm.values()]
}

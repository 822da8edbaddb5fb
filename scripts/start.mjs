import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, root } from './install.mjs'

// The system's Node may be too old for TypeScript and workerd's tools; the installed one takes over here.
// The channel tells the server when this process dies, however it dies.
const server = spawn(ensureInstalled(), [join(root, 'scripts/serve.ts'), ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
})

// Ctrl-C reaches both processes by itself, any other sender knows only this one; stopping twice is stopping once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill('SIGTERM'))

// Under npm the person sees one process. npm passes signals on, but dies silently of `kill -9`, which would leave a
// server that nobody can find.
if (process.env['npm_lifecycle_event'] !== undefined) {
  const npm = process.ppid
  setInterval(() => process.ppid === npm || server.kill('SIGTERM'), 200).unref()
}

server.on('exit', (code) => process.exit(code ?? 1))

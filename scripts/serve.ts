import { fileURLToPath } from 'node:url'
import { type DataFolder, makeAdminToken, makeSecretsKey, openDataFolder } from './data-folder.ts'
import { startDevelopment } from './development.ts'
import { Refusal } from './refusal.ts'
import { type ServerOptions, startServer } from './server.ts'
import { readSettings, type Settings } from './settings.ts'
import { buildStudio } from './studio.ts'
import { tieWorkerdTo } from './workerd-lifeline.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

try {
  await serve(readSettings(process.env), process.argv.includes('--dev'))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

async function serve(settings: Settings, isDevelopment: boolean): Promise<void> {
  const folder = openDataFolder(settings.dataFolder)
  // Miniflare puts its scratch files under the system's temporary folder, where a killed process would leave them.
  process.env['TMPDIR'] = folder.scratch
  // wrangler, which only reads two configuration files here, would write a log into the home folder.
  process.env['WRANGLER_WRITE_LOGS'] = 'false'
  const releaseWorkerd = tieWorkerdTo(folder.workerdPidFile)
  const token = chooseToken(settings, folder)
  const secretsKey = settings.secretsKey ?? folder.keep('secrets-key', makeSecretsKey).value
  const report = reporter([token.value, secretsKey])
  const options = { ...settings, storage: folder.storage, root, adminToken: token.value, secretsKey, report }
  const server = isDevelopment ? await startDevelopment(options) : await startBuilt(options)
  stopOnSignals(async () => {
    await server.stop()
    releaseWorkerd()
    folder.close()
  })
  announce(settings, server.url, token)
}

async function startBuilt(options: ServerOptions): Promise<{ url: string; stop(): Promise<void> }> {
  await buildStudio(options.root)
  const server = await startServer(options)
  return { url: `http://localhost:${options.port}`, stop: server.stop }
}

interface Token {
  readonly value: string
  readonly isNew: boolean
  /** The file it is kept in; none when it came from the environment. */
  readonly path?: string
}

function chooseToken({ adminToken }: Settings, folder: DataFolder): Token {
  return adminToken === undefined ? folder.keep('admin-token', makeAdminToken) : { value: adminToken, isNew: false }
}

function announce({ dataFolder, allowsPrivateNetwork }: Settings, url: string, token: Token): void {
  const network = allowsPrivateNetwork ? ', http steps may reach private networks (ALLOW_PRIVATE_NETWORK=1)' : ''
  process.stdout.write(`Stepwell serves ${url}, data in ${dataFolder}${network}\n`)
  if (token.isNew) process.stdout.write(`Sign in: ${url}/sign-in#token=${token.value}\n`)
  else if (token.path !== undefined) process.stdout.write(`The admin token is in ${token.path}\n`)
}

/** One line an error, and never one of these values in it, whatever a Worker put into its message. */
function reporter(secrets: readonly string[]): (message: string) => void {
  return (message) => {
    const line = message.trim().replaceAll(/\s*\n\s*/g, ' | ')
    process.stderr.write(`${secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line)}\n`)
  }
}

/** Replaces Miniflare's own listeners, which end the process with the code of a failure. */
function stopOnSignals(stop: () => Promise<void>): void {
  let isStopping = false
  const stopOnce = async () => {
    if (isStopping) return
    isStopping = true
    await stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => void stopOnce())
  }
  // The channel to start.mjs closes when that process is gone, even by `kill -9`.
  process.on('disconnect', () => void stopOnce())
}

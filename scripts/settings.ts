import { resolve } from 'node:path'
import { Refusal } from './refusal.ts'

/** What the environment asks of the server. Values that may be generated are absent here; see `openDataFolder`. */
export interface Settings {
  readonly host: string
  readonly port: number
  /** Absolute path. */
  readonly dataFolder: string
  readonly adminToken: string | undefined
  /** 32 bytes in base64. */
  readonly secretsKey: string | undefined
  /** The origin by which others reach the server, for the links that it sends. */
  readonly publicUrl: string
  readonly allowsPrivateNetwork: boolean
}

/** @throws Refusal when a value cannot be meant. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = readPort(env['PORT'] || '8787')
  return {
    host: env['HOST'] || '127.0.0.1',
    port,
    dataFolder: resolve(env['STEPWELL_DATA'] || '.stepwell'),
    adminToken: env['ADMIN_TOKEN'] || undefined,
    secretsKey: readSecretsKey(env['SECRETS_KEY'] || undefined),
    publicUrl: readOrigin(env['PUBLIC_URL'] || `http://localhost:${port}`),
    allowsPrivateNetwork: readFlag('ALLOW_PRIVATE_NETWORK', env['ALLOW_PRIVATE_NETWORK']),
  }
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new Refusal(`PORT is "${text}"; set it to a number from 1 to 65535.`)
  return port
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol) && [url.origin, `${url.origin}/`].includes(text)) return url.origin
  throw new Refusal(`PUBLIC_URL is "${text}"; set it to an origin and nothing more, for example https://flows.example.`)
}

/** The value itself is never part of the sentence: it is a secret, even when it is wrong. */
function readSecretsKey(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 32 && bytes.toString('base64') === text) return text
  throw new Refusal('SECRETS_KEY is not 32 bytes in base64; make one with `openssl rand -base64 32`.')
}

/** Only `1` opens a guard; a spelling that might mean it is refused rather than guessed. */
function readFlag(name: string, text: string | undefined): boolean {
  if (text === undefined || text === '' || text === '0') return false
  if (text === '1') return true
  throw new Refusal(`${name} is "${text}"; set it to 1, or leave it out.`)
}

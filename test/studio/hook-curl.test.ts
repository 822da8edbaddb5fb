import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { executeCurl, hookCurl, isOpenHook, verificationSentence } from '../../studio/model/hook-curl.ts'

const url = 'http://127.0.0.1:8787/actions/webhook/h1'

/** What curl would be called with: the shell itself reads the command, with a function in the place of curl. */
function argumentsOf(command: string, env: Record<string, string> = {}): string[] {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}\n`
  const output = execFileSync('bash', ['-c', script], { env: { ...process.env, ...env }, encoding: 'utf8' })
  return output.split('\0').slice(0, -1)
}

describe('curl of a hook', () => {
  it('sends JSON to an open hook, whatever the body holds', () => {
    const body = { text: `it's "quoted" $HOME \`date\` \\ \n end` }
    expect(argumentsOf(hookCurl(url, { config: {} }, body))).toEqual([
      '-X',
      'POST',
      url,
      '-H',
      'content-type: application/json',
      '--data-raw',
      JSON.stringify(body),
    ])
  })

  it('takes the token from the environment, never from the page', () => {
    const config = { verify: { scheme: 'token', secret: 'shop_token', header: 'x-shop' } }
    const command = hookCurl(url, { config }, {})
    expect(command).toContain('$SHOP_TOKEN')
    expect(argumentsOf(command, { SHOP_TOKEN: 'abc' })).toContain('x-shop: abc')
  })

  it('signs the very bytes it sends, as GitHub does', () => {
    const body = { title: `It's crashing` }
    const config = { verify: { scheme: 'github', secret: 'github_webhook' } }
    const sent = argumentsOf(hookCurl(url, { config }, body), { GITHUB_WEBHOOK: 'sesame' })
    const signature = createHmac('sha256', 'sesame').update(JSON.stringify(body)).digest('hex')
    expect(sent).toContain(`x-hub-signature-256: sha256=${signature}`)
    expect(sent.at(-1)).toBe(JSON.stringify(body))
  })

  it('sends no body with GET, and signs the empty one', () => {
    const config = { methods: ['GET'], verify: { scheme: 'github', secret: 's' } }
    const sent = argumentsOf(hookCurl(url, { config }, { ignored: true }), { S: 'sesame' })
    const signature = createHmac('sha256', 'sesame').update('').digest('hex')
    expect(sent).toEqual(['-X', 'GET', url, '-H', `x-hub-signature-256: sha256=${signature}`])
  })

  it('uses the first method that the hook takes, and the verification even when the rest of the config is broken', () => {
    expect(hookCurl(url, { config: { methods: ['PUT', 'PATCH'] } }, {})).toContain('-X PUT')
    const broken = { config: { methods: 'nonsense', verify: { scheme: 'token', secret: 'k' } } }
    expect(hookCurl(url, broken, {})).toContain('x-webhook-token: $K')
    expect(hookCurl(url, { config: { methods: 7 } }, {})).toContain('-X POST')
  })

  it('says in words who may call', () => {
    expect(verificationSentence({ config: {} })).toContain('Anyone')
    expect(verificationSentence({ config: { verify: { scheme: 'token', secret: 'k' } } })).toContain('x-webhook-token')
    expect(verificationSentence({ config: { verify: { scheme: 'github', secret: 'k' } } })).toContain('HMAC-SHA256')
    expect(isOpenHook({ config: {} })).toBe(true)
    expect(isOpenHook({ config: { verify: { scheme: 'github', secret: 'k' } } })).toBe(false)
  })
})

describe('curl of a start', () => {
  it('carries the bearer token of the environment and waits for the result', () => {
    const sent = argumentsOf(executeCurl('http://localhost:8787', 'w 1', { a: 1 }), { STEPWELL_TOKEN: 'secret' })
    expect(sent).toEqual([
      '-X',
      'POST',
      'http://localhost:8787/actions/execute/w%201?wait=5000',
      '-H',
      'authorization: Bearer secret',
      '-H',
      'content-type: application/json',
      '--data-raw',
      '{"a":1}',
    ])
  })
})

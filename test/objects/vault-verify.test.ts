import examples from '@octokit/webhooks-examples/api.github.com/index.json'
import { describe, expect, it } from 'vitest'
import { sealingKey } from '../../runtime/objects/sealing-key.ts'
import { SecretTable } from '../../runtime/objects/secret-table.ts'
import { inVault, keyA, t0, type VaultWorld } from './vault-harness.ts'

const secret = "It's a Secret to Everybody"
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Signs as GitHub does, independently of the code under test. */
async function sign(body: Uint8Array, withSecret = secret): Promise<string> {
  const key = await crypto.subtle.importKey('raw', bytesOf(withSecret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const mac = await crypto.subtle.sign('HMAC', key, body)
  return `sha256=${Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

const withHook = (test: (vault: ReturnType<VaultWorld['open']>, world: VaultWorld) => Promise<void>): Promise<void> =>
  inVault(async (world) => {
    const vault = world.open(keyA)
    await vault.put('hook', secret, [])
    await test(vault, world)
  })

describe('GitHub signatures', () => {
  it('[VAULT9] accepts the example of the documentation', () =>
    withHook(async (vault) => {
      // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
      const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
      const check = { scheme: 'github', secret: 'hook', signature, body: bytesOf('Hello, World!') } as const
      expect(await vault.verify(check)).toEqual({ ok: true })
    }))

  const recorded = examples.flatMap(({ name, examples: payloads }) =>
    ['issues', 'issue_comment', 'pull_request'].includes(name) ? (payloads as unknown[]) : [],
  )
  it(`[VAULT9] accepts ${recorded.length} recorded payloads, and each refuses the signature of the next`, () =>
    withHook(async (vault) => {
      expect(recorded.length).toBeGreaterThan(60)
      const bodies = recorded.map((payload) => bytesOf(JSON.stringify(payload)))
      const signatures = await Promise.all(bodies.map((body) => sign(body)))
      for (const [index, body] of bodies.entries()) {
        const check = { scheme: 'github', secret: 'hook', body } as const
        expect(await vault.verify({ ...check, signature: signatures[index] ?? null })).toEqual({ ok: true })
        const next = signatures[(index + 1) % signatures.length] ?? null
        expect(await vault.verify({ ...check, signature: next })).toMatchObject({ code: 'signature_mismatch' })
      }
    }))

  it('[VAULT9] looks at the raw bytes: the same JSON written otherwise is refused', () =>
    withHook(async (vault) => {
      const signature = await sign(bytesOf('{"a":1,"b":"\\u00fc"}'))
      for (const text of ['{"a":1,"b":"ü"}', '{"b":"ü","a":1}', '{ "a": 1, "b": "\\u00fc" }']) {
        const check = { scheme: 'github', secret: 'hook', signature, body: bytesOf(text) } as const
        expect(await vault.verify(check)).toMatchObject({ ok: false, code: 'signature_mismatch' })
      }
    }))

  it('[VAULT9] reads digits of either case, and bytes that are no text', () =>
    withHook(async (vault) => {
      const body = new Uint8Array([0, 255, 254, 10, 13])
      const signature = (await sign(body)).toUpperCase().replace('SHA256', 'sha256')
      expect(await vault.verify({ scheme: 'github', secret: 'hook', signature, body })).toEqual({ ok: true })
    }))

  const digits = '0'.repeat(64)
  it.each([
    [null, 'signature_missing'],
    ['', 'signature_missing'],
    ['sha256=', 'signature_malformed'],
    [digits, 'signature_malformed'],
    [`sha1=${digits}`, 'signature_malformed'],
    [`sha256=${digits}0`, 'signature_malformed'],
    [`sha256=${digits.slice(1)}g`, 'signature_malformed'],
    [`sha256=${digits}, sha256=${digits}`, 'signature_malformed'],
    [`sha256=${digits}`, 'signature_mismatch'],
  ])('[VAULT10] refuses %j as %s', (signature, code) =>
    withHook(async (vault) => {
      const check = { scheme: 'github', secret: 'hook', signature, body: bytesOf('{}') } as const
      expect(await vault.verify(check)).toMatchObject({ ok: false, code, reason: expect.any(String) })
    }),
  )

  it('[VAULT10] refuses the signature of another secret', () =>
    withHook(async (vault) => {
      const body = bytesOf('{}')
      const signature = await sign(body, 'another secret')
      const verdict = await vault.verify({ scheme: 'github', secret: 'hook', signature, body })
      expect(verdict).toMatchObject({ ok: false, code: 'signature_mismatch' })
    }))
})

describe('tokens', () => {
  it.each([
    [secret, undefined],
    [null, 'signature_missing'],
    ['', 'signature_missing'],
    [`${secret} `, 'signature_mismatch'],
    [secret.slice(0, -1), 'signature_mismatch'],
    [secret.toUpperCase(), 'signature_mismatch'],
  ])('[VAULT11] answers the token %j with %s', (token, code) =>
    withHook(async (vault) => {
      const verdict = await vault.verify({ scheme: 'token', secret: 'hook', token })
      expect(verdict.ok ? undefined : verdict.code).toBe(code)
    }),
  )
})

describe('failing closed', () => {
  it('[VAULT12] refuses everything when the secret does not exist', () =>
    inVault(async ({ open }) => {
      const body = bytesOf('{}')
      const github = { scheme: 'github', secret: 'hook', signature: await sign(body, ''.padEnd(1)), body } as const
      for (const check of [github, { scheme: 'token', secret: 'hook', token: 'undefined' } as const]) {
        expect(await open(keyA).verify(check)).toMatchObject({ ok: false, code: 'secret_missing' })
      }
    }))

  it('[VAULT12] goes by the secret that stands now, in a vault that has verified before', () =>
    withHook(async (vault) => {
      const check = (token: string) => vault.verify({ scheme: 'token', secret: 'hook', token })
      expect(await check(secret)).toEqual({ ok: true })
      await vault.put('hook', 'second', [])
      expect([await check(secret), await check('second')]).toMatchObject([{ ok: false }, { ok: true }])
      vault.delete('hook')
      expect(await check('second')).toMatchObject({ ok: false, code: 'secret_missing' })
      // Deleted and put again, the version is 1 as at first: keys kept from then must not count.
      await vault.put('hook', 'third', [])
      expect([await check('second'), await check('third')]).toMatchObject([{ ok: false }, { ok: true }])
    }))

  it('[VAULT12] refuses an empty secret, though none can be put', () =>
    inVault(async ({ sql, open }) => {
      const state = await sealingKey(keyA)
      if (!state.ok) throw new Error('the key is well-formed')
      const item = { name: 'hook', version: 1, hosts: [], updatedAt: t0 }
      const sealed = await state.key.seal('', JSON.stringify(['secret', item.name, item.version, item.hosts]))
      new SecretTable(sql).put({ ...item, kid: state.key.kid, sealed })
      expect(await open(keyA).open(['hook'])).toMatchObject({ ok: true, secrets: [{ value: '' }] })
      for (const token of ['', 'x']) {
        expect(await open(keyA).verify({ scheme: 'token', secret: 'hook', token })).toMatchObject({
          code: 'secret_missing',
        })
      }
    }))

  it('[VAULT12] never says the secret', () =>
    withHook(async (vault) => {
      const verdict = await vault.verify({ scheme: 'token', secret: 'hook', token: 'wrong' })
      expect(JSON.stringify(verdict)).not.toContain(secret)
    }))
})

import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'

import { sealingKey } from '../../runtime/objects/sealing-key.ts'
import { VaultObject } from '../../runtime/objects/vault-object.ts'
import { limits } from '../../schemas/limits.ts'
import { inVault, keyA, keyB, t0, type VaultWorld } from './vault-harness.ts'

const canary = 'canary-7f3a9c-value'

const rowsAsText = (sql: SqlStorage): string =>
  JSON.stringify(sql.exec('SELECT * FROM secrets').toArray(), (_, value) =>
    value instanceof ArrayBuffer ? String.fromCharCode(...new Uint8Array(value)) : value,
  )

/** Lets an attacker with the disk exchange or change columns. */
const tamper = (sql: SqlStorage, statement: string): void => void sql.exec(statement).toArray()

const put = async (world: VaultWorld, ...names: string[]): Promise<void> => {
  const vault = world.open(keyA)
  for (const name of names) await vault.put(name, `${canary}-${name}`, ['api.example.com'])
}

describe('keeping secrets', () => {
  it('[VAULT1] gives back what was put, with its hosts, also after a restart', () =>
    inVault(async ({ open }) => {
      const answer = await open(keyA).put('chat', 'grüße \u0000 ✓', ['*.example.com', 'api.example.com:8443'])
      expect(answer).toEqual({
        ok: true,
        item: { name: 'chat', version: 1, hosts: ['*.example.com', 'api.example.com:8443'], updatedAt: t0 },
      })
      expect(await open(keyA).open(['chat', 'chat', 'absent'])).toEqual({
        ok: true,
        secrets: [{ name: 'chat', value: 'grüße \u0000 ✓', hosts: ['*.example.com', 'api.example.com:8443'] }],
      })
    }))

  it('[VAULT1] lists what can be known, and never the value', () =>
    inVault(async (world) => {
      await put(world, 'beta', 'alpha')
      const vault = world.open(keyA)
      expect(vault.names()).toEqual(['alpha', 'beta'])
      expect(vault.list()[0]).toEqual({ name: 'alpha', version: 1, hosts: ['api.example.com'], updatedAt: t0 })
      expect(JSON.stringify(vault.list())).not.toContain(canary)
    }))

  it('[VAULT2] writes nothing to the disk that the value can be read from', () =>
    inVault(async (world) => {
      await put(world, 'chat')
      expect(rowsAsText(world.sql)).toContain('chat')
      expect(rowsAsText(world.sql)).not.toContain('canary')
    }))

  it('[VAULT2] seals the same value differently each time', () =>
    inVault(async (world) => {
      const ivs = new Set<string>()
      for (let count = 0; count < 20; count++) {
        await world.open(keyA).put('chat', canary, [])
        ivs.add(rowsAsText(world.sql))
      }
      expect(ivs.size).toBe(20)
    }))

  it('[VAULT3] counts versions, also when two are put at once', () =>
    inVault(async ({ open }) => {
      const vault = open(keyA)
      const answers = await Promise.all(['one', 'two', 'three'].map((value) => vault.put('chat', value, [])))
      const versions = answers.map((answer) => (answer.ok ? answer.item.version : 0))
      expect(versions.toSorted()).toEqual([1, 2, 3])
      const opened = await vault.open(['chat'])
      const last = ['one', 'two', 'three'][versions.indexOf(3)]
      expect(opened).toMatchObject({ ok: true, secrets: [{ value: last }] })
    }))

  it('[VAULT3] forgets what is deleted', () =>
    inVault(async (world) => {
      await put(world, 'chat')
      const vault = world.open(keyA)
      expect([vault.delete('chat'), vault.delete('chat')]).toEqual([true, false])
      expect(await vault.open(['chat'])).toEqual({ ok: true, secrets: [] })
      expect(rowsAsText(world.sql)).toBe('[]')
    }))

  const invalid: readonly [string, string, string, string[]][] = [
    ['a name with capitals', 'Chat', 'value', []],
    ['a name that is too long', `a${'b'.repeat(limits.secretNameLength)}`, 'value', []],
    ['an empty value', 'chat', '', []],
    ['a value that is too long', 'chat', 'x'.repeat(limits.secretBytes + 1), []],
    ['a host with a path', 'chat', canary, ['api.example.com/path']],
    ['too many hosts', 'chat', canary, Array(limits.secretHosts + 1).fill('a.example')],
  ]
  it.each(invalid)('[VAULT4] refuses %s without repeating the value', (_what, name, value, hosts) =>
    inVault(async ({ open }) => {
      const answer = await open(keyA).put(name, value, hosts)
      expect(answer).toMatchObject({ ok: false, code: 'secret_invalid' })
      expect(JSON.stringify(answer)).not.toContain('canary')
      expect(open(keyA).list()).toEqual([])
    }),
  )
})

describe('the key', () => {
  it.each([
    [undefined, 'SECRETS_KEY is not set'],
    ['', 'SECRETS_KEY is not set'],
    ['not base64!', 'SECRETS_KEY is not 32 bytes in base64'],
    [btoa('only-sixteen-byt'), 'SECRETS_KEY is not 32 bytes in base64'],
    ['A', 'SECRETS_KEY is not 32 bytes in base64'],
  ])('[VAULT5] stays locked with the key %j, says why, and stores nothing', (secretsKey, message) =>
    inVault(async (world) => {
      await put(world, 'kept')
      const vault = world.open(secretsKey)
      const before = rowsAsText(world.sql)
      for (const answer of [await vault.put('chat', canary, []), await vault.open(['kept'])]) {
        expect(answer).toMatchObject({ ok: false, code: 'vault_locked', message: expect.stringContaining(message) })
      }
      const verdict = await vault.verify({ scheme: 'token', secret: 'kept', token: `${canary}-kept` })
      expect(verdict).toMatchObject({ ok: false, code: 'vault_locked' })
      expect(rowsAsText(world.sql)).toBe(before)
      expect([vault.names(), vault.delete('kept')]).toEqual([['kept'], true])
    }),
  )

  it('[VAULT5] accepts a key with a line break after it', async () => {
    expect((await sealingKey(`${keyA}\n`)).ok).toBe(true)
  })

  it('[VAULT6] knows a row that another key sealed, and opens it again under that key', () =>
    inVault(async (world) => {
      await put(world, 'chat')
      const answer = await world.open(keyB).open(['chat'])
      expect(answer).toMatchObject({ ok: false, code: 'secret_sealed_elsewhere' })
      expect(JSON.stringify(answer)).not.toContain('canary')
      expect(await world.open(keyA).open(['chat'])).toMatchObject({ ok: true, secrets: [{ name: 'chat' }] })
      await world.open(keyB).put('chat', 'new', [])
      expect(await world.open(keyB).open(['chat'])).toMatchObject({ ok: true, secrets: [{ value: 'new' }] })
    }))

  it('[VAULT6] refuses a row whose key only has the same name', () =>
    inVault(async (world) => {
      await put(world, 'chat')
      const [a, b] = [await sealingKey(keyA), await sealingKey(keyB)]
      if (!a.ok || !b.ok) throw new Error('both keys are well-formed')
      const impostor = world.openWith({ ok: true, key: { ...b.key, kid: a.key.kid } })
      expect(await impostor.open(['chat'])).toMatchObject({ ok: false, code: 'secret_damaged' })
    }))

  it('[VAULT6] cannot be read back by this program either', () =>
    inVault(async ({ open }) => {
      const made = [vi.spyOn(crypto.subtle, 'importKey'), vi.spyOn(crypto.subtle, 'deriveKey')]
      const vault = open(keyA)
      await vault.put('hook', canary, [])
      await vault.verify({ scheme: 'token', secret: 'hook', token: canary })
      const keys = await Promise.all(
        made.flatMap(({ mock }) => mock.results.map(({ value }) => value as Promise<CryptoKey>)),
      )
      vi.restoreAllMocks()
      expect(keys.map(({ extractable }) => extractable)).toEqual([false, false, false])
    }))

  it('[VAULT6] is named by something that does not tell it', async () => {
    const state = await sealingKey(keyA)
    if (!state.ok) throw new Error('the key is well-formed')
    expect(state.key.kid).toMatch(/^[0-9a-f]{8}$/)
    expect(Buffer.from(keyA, 'base64').toString('hex')).not.toContain(state.key.kid)
  })
})

describe('a changed disk', () => {
  const changes: readonly [string, string][] = [
    [
      'sealed values of two rows exchanged',
      "UPDATE secrets SET (iv, sealed) = (SELECT iv, sealed FROM secrets WHERE name = 'other') WHERE name = 'chat'",
    ],
    ['hosts widened', `UPDATE secrets SET hosts = '["*.attacker.example"]' WHERE name = 'chat'`],
    ['version changed', "UPDATE secrets SET version = 2 WHERE name = 'chat'"],
    ['value cut', "UPDATE secrets SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE name = 'chat'"],
    ['value emptied', "UPDATE secrets SET sealed = x'' WHERE name = 'chat'"],
    ['nonce changed', "UPDATE secrets SET iv = x'000000000000000000000000' WHERE name = 'chat'"],
  ]
  it.each(changes)('[VAULT7] is noticed: %s', (_what, statement) =>
    inVault(async (world) => {
      await put(world, 'chat', 'other')
      tamper(world.sql, statement)
      const answer = await world.open(keyA).open(['chat'])
      expect(answer).toMatchObject({ ok: false, code: 'secret_damaged' })
      const check = { scheme: 'token', secret: 'chat', token: `${canary}-chat` } as const
      expect(await world.open(keyA).verify(check)).toMatchObject({ ok: false, code: 'secret_damaged' })
      expect(await world.open(keyA).open(['other'])).toMatchObject({ ok: true })
    }),
  )

  it('[VAULT7] renaming a row does not make it another secret', () =>
    inVault(async (world) => {
      await put(world, 'chat')
      tamper(world.sql, "UPDATE secrets SET name = 'payments'")
      expect(await world.open(keyA).open(['payments'])).toMatchObject({ ok: false, code: 'secret_damaged' })
    }))
})

describe('the object', () => {
  it('[VAULT8] answers over RPC and keeps its rows when it is made again', () =>
    runInDurableObject(env.VAULT.getByName('vault-object'), async (_instance, state) => {
      const make = (): VaultObject => new VaultObject(state, { ...env, SECRETS_KEY: keyA })
      await make().put('chat', canary, ['api.example.com'])
      const again = make()
      expect(again.names()).toEqual(['chat'])
      expect(again.list()).toMatchObject([{ name: 'chat', version: 1 }])
      expect(await again.open(['chat'])).toMatchObject({ ok: true, secrets: [{ value: canary }] })
      expect(await again.verify({ scheme: 'token', secret: 'chat', token: canary })).toEqual({ ok: true })
      expect(again.delete('chat')).toBe(true)
      expect(make().names()).toEqual([])
    }))

  it('[VAULT8] crosses RPC with what callers send', async () => {
    const stub = env.VAULT.getByName('vault-rpc')
    expect(await stub.names()).toEqual([])
    const check = { scheme: 'github', secret: 'absent', signature: null, body: new Uint8Array([1]) } as const
    expect(await stub.verify(check)).toMatchObject({ ok: false, code: 'secret_missing' })
  })
})

import { describe, expect, it } from 'vitest'

import type { Vault } from '../../runtime/objects/vault.ts'
import { openSecretsOf } from '../../runtime/objects/vault-client.ts'
import { SecretsUnavailable } from '../../runtime/steps/secrets-unavailable.ts'
import { inVault, keyA } from './vault-harness.ts'

/** An environment whose one vault is this one. */
const withVault = (vault: Vault): Env => ({ VAULT: { getByName: () => vault } }) as unknown as Env

describe('the vault as acting steps see it', () => {
  it('[HTTP61] gives values and hosts by name, and leaves out what is missing', () =>
    inVault(async ({ open }) => {
      const vault = open(keyA)
      await vault.put('chat', 'value', ['api.example.com'])
      const opened = await openSecretsOf(withVault(vault))(['chat', 'absent'])
      expect([...opened]).toEqual([['chat', { value: 'value', hosts: ['api.example.com'] }]])
    }))

  it('[HTTP61] says why a vault cannot open', () =>
    inVault(async ({ open }) => {
      await open(keyA).put('chat', 'value', [])
      const opening = openSecretsOf(withVault(open(undefined)))(['chat'])
      await expect(opening).rejects.toThrow(SecretsUnavailable)
      await expect(opening).rejects.toThrow('SECRETS_KEY is not set')
    }))
})

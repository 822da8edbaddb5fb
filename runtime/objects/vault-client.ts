import { SecretsUnavailable } from '../steps/secrets-unavailable.ts'
import type { OpenSecrets } from '../steps/step-runner.ts'

/** The one vault of this deployment. */
export const vaultOf = (env: Env) => env.VAULT.getByName('vault')

/** The vault as acting steps see it. */
export const openSecretsOf =
  (env: Env): OpenSecrets =>
  async (names) => {
    const opened = await vaultOf(env).open([...names])
    if (!opened.ok) throw new SecretsUnavailable(opened.message)
    return new Map(opened.secrets.map(({ name, value, hosts }) => [name, { value, hosts }]))
  }

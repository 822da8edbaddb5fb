import { codeRunner } from '../steps/code.ts'
import { httpRunner } from '../steps/http.ts'
import quickjs from '../steps/quickjs-metered.wasm'
import type { StepRunner } from '../steps/step-runner.ts'
import { linksOf } from './links.ts'
import { openSecretsOf } from './vault-client.ts'

/** The runner of each kind that acts. */
export function runnersFor(env: Env): Readonly<Record<string, StepRunner>> {
  return {
    code: codeRunner({ wasm: quickjs, now: () => Date.now() }),
    http: httpRunner({
      fetch: (input, init) => fetch(input, init),
      openSecrets: openSecretsOf(env),
      makeLink: linksOf(env).make,
      now: () => Date.now(),
      allowPrivateNetwork: env.ALLOW_PRIVATE_NETWORK === '1',
    }),
  }
}

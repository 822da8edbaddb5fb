import type { ActingKind } from '../../schemas/kinds/index.ts'
import { codeRunner } from '../steps/code.ts'
import { httpRunner } from '../steps/http.ts'
import quickjs from '../steps/quickjs-metered.wasm'
import { spread } from '../steps/spread.ts'
import type { StepRunner } from '../steps/step-runner.ts'
import type { AttemptEntrypoint } from './attempt-entrypoint.ts'
import { linksOf } from './links.ts'
import type { Rpc } from './rpc.ts'
import { openSecretsOf } from './vault-client.ts'

/** Children are started by a runner that knows their parent (`child-runner.ts`). */
type Runners = Readonly<Record<Exclude<ActingKind, 'workflow'>, StepRunner>>

/** The runner of each kind that acts. `exports` leads to the entrypoint that has room when an object has none. */
export function runnersFor(env: Env, exports: Cloudflare.Exports): Readonly<Record<string, StepRunner>> {
  return {
    code: codeRunner({
      wasm: quickjs,
      now: () => Date.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    }),
    http: spread(httpRunnerFor(env), (attempt) =>
      (exports.AttemptEntrypoint as unknown as Pick<Rpc<AttemptEntrypoint>, 'carryOut'>).carryOut(attempt),
    ),
  } satisfies Runners
}

export const httpRunnerFor = (env: Env): StepRunner =>
  httpRunner({
    fetch: (input, init) => fetch(input, init),
    openSecrets: openSecretsOf(env),
    makeLink: linksOf(env).make,
    now: () => Date.now(),
    allowPrivateNetwork: env.ALLOW_PRIVATE_NETWORK === '1',
  })

import { httpRunner } from '../../runtime/steps/http.ts'
import type { Attempt } from '../../runtime/steps/step-runner.ts'

/** Performs the attempt that is posted to it, with one secret. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { attempt, secret } = (await request.json()) as { attempt: Attempt; secret: string }
    const perform = httpRunner({
      fetch: (url, init) => fetch(url, init),
      openSecrets: async () => new Map([['key', { value: secret, hosts: [] }]]),
      makeLink: async () => ({ ok: false, message: 'There are no links here.' }),
      allowPrivateNetwork: true,
      now: () => Date.now(),
    })
    return Response.json(await perform(attempt, request.signal))
  },
}

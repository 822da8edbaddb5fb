import { inject } from 'vitest'

/** How an endpoint answers one call: 200 with `{ ok: true }` where nothing is said, and at once unless held. */
export type EndpointReply = {
  readonly status?: number
  readonly json?: unknown
  readonly headers?: Record<string, string>
  /** Answers when the test releases it. */
  readonly hold?: true
}

export type EndpointCall = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

declare module 'vitest' {
  interface ProvidedContext {
    endpointOrigin: string
  }
}

export type Endpoint = {
  readonly url: string
  /** Every call so far; with a number, once that many have arrived. */
  readonly calls: (atLeast?: number) => Promise<EndpointCall[]>
  /** Lets the answers go that are held. */
  readonly release: () => Promise<void>
}

/** An endpoint of the server that runs beside the tests. Its n-th call gets the n-th reply, further ones the last. */
export async function endpoint(name: string, ...replies: readonly EndpointReply[]): Promise<Endpoint> {
  const origin = inject('endpointOrigin')
  const ask = async (verb: string, body: string): Promise<Response> => {
    const response = await fetch(`${origin}/${verb}/${name}`, { method: 'POST', body })
    if (!response.ok) throw new Error(`the endpoint ${name} answered ${verb} with ${response.status}`)
    return response
  }
  const script = await ask('script', JSON.stringify(replies))
  await script.body?.cancel()
  return {
    url: `${origin}/call/${name}`,
    calls: async (atLeast = 0) => (await ask('arrived', String(atLeast))).json(),
    release: async () => {
      const released = await ask('release', '')
      await released.body?.cancel()
    },
  }
}

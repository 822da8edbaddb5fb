import { type Canary, canary } from '../support/canary.ts'

/** One secret for each place that a secret may be used in. */
export const canaries = {
  header: canary('header_key', ['k/"+', '%&~']),
  plain: canary('plain_key'),
  query: canary('query_key', ['q =', '&"/']),
  body: canary('body_key', ['é"\\', '\n</>']),
  basic: canary('basic_password', ['pä:', '"+']),
  path: canary('path_key', ['T0:', '+"%']),
  narrow: canary('narrow_key', ['n+', '/=']),
  token: canary('hook_token', ['t/', '+=']),
  github: canary('github_webhook', ['g"', '\\n']),
} as const satisfies Record<string, Canary>

export const allCanaries: readonly Canary[] = Object.values(canaries)

/** A call that sends a secret in every place, to the mode of the echo server, and goes on whatever comes back. */
const call = (id: string, url: string, more: object = {}) => ({
  id,
  kind: 'http',
  onError: 'port',
  timeoutMs: 2_000,
  retry: { maxAttempts: 2, initialIntervalMs: 20 },
  config: {
    method: 'POST',
    url: `${url}/{{ secrets.path_key }}/end`,
    headers: { 'x-key': 'a {{ secrets.header_key }} b', 'x-plain': '{{ secrets.plain_key }}' },
    query: { key: '{{ secrets.query_key }}' },
    body: { nested: ['<{{ secrets.body_key }}>'], control: '{{ trigger.body.control }}' },
    auth: { scheme: 'basic', username: 'canary', password: '{{ secrets.basic_password }}' },
    ...more,
  },
})

/** A call without a body and with nothing secret in its URL, which a redirect may lead to another host. */
const bare = (id: string, url: string, secret: string) => ({
  id,
  kind: 'http',
  onError: 'port',
  config: { url, headers: { 'x-narrow': `{{ secrets.${secret} }}`, 'x-plain': '{{ secrets.plain_key }}' } },
})

/** What each call of `everyWay` must come to. */
export const expectedEnds = {
  as_json: 'ok',
  as_escaped: 'ok',
  as_text: 'ok',
  as_bytes: 'ok',
  in_headers: 'ok',
  again: 'ok',
  leave: 'ok',
  failing: 'http_500',
  moved: 'http_302',
  broken: 'invalid_json',
  hanging: 'timeout',
  away: 'redirect_refused',
  narrow_away: 'redirect_refused',
  handover: 'redirect_refused',
  not_listening: 'network_error',
  not_allowed: 'secret_not_allowed',
} as const

/** Every way to come back, side by side; each result and each error is read, logged and part of the output. */
export function everyWay(echo: string, elsewhere: string, closed: string) {
  const calls = [
    call('as_json', `${echo}/json`),
    call('as_escaped', `${echo}/escaped`),
    call('as_text', `${echo}/text`),
    call('as_bytes', `${echo}/bytes`),
    call('in_headers', `${echo}/headers`),
    call('again', `${echo}/again`),
    bare('leave', `${echo}/leave`, 'narrow_key'),
    call('failing', `${echo}/error`),
    call('moved', `${echo}/away`, { redirects: 0 }),
    call('broken', `${echo}/broken`),
    call('hanging', `${echo}/hang`),
    call('away', `${echo}/away`),
    bare('narrow_away', `${echo}/away`, 'narrow_key'),
    call('handover', `${echo}/handover`),
    call('not_listening', closed),
    bare('not_allowed', `${elsewhere}/direct`, 'narrow_key'),
  ]
  return {
    name: 'Every way a secret could come back',
    nodes: [
      { id: 'start', kind: 'manual' },
      ...calls,
      ...calls.flatMap(({ id }) => [
        { id: `${id}_ok`, kind: 'transform', config: { fields: { ok: `{{ steps.${id}.output }}` } } },
        { id: `${id}_bad`, kind: 'transform', config: { fields: { error: `{{ steps.${id}.error }}` } } },
        { id: `${id}_log`, kind: 'log', config: { message: `it said {{ steps.${id}.error }}` } },
      ]),
    ],
    edges: calls.flatMap(({ id }) => [
      { from: 'start', to: id },
      { from: id, to: `${id}_ok` },
      { from: id, port: 'error', to: `${id}_log` },
      { from: `${id}_log`, to: `${id}_bad` },
    ]),
  }
}

/** Nothing takes the error: the execution itself fails with it. */
export const failing = (echo: string) => ({
  name: 'Fails with what came back',
  nodes: [
    { id: 'start', kind: 'manual' },
    { ...call('call', `${echo}/error`), onError: 'fail' },
  ],
  edges: [{ from: 'start', to: 'call' }],
})

/** A webhook that answers with what came back, or with the error. */
export const answering = (verify: object, url: string) => ({
  name: 'Answers with what came back',
  nodes: [
    { id: 'hook', kind: 'webhook', config: { verify, respond: 'result' } },
    call('call', url),
    {
      id: 'reply',
      kind: 'respond',
      config: {
        headers: { 'x-echo': '{{ steps.call.output.headers }}' },
        body: { hook: '{{ trigger }}', call: '{{ steps.call.output }}' },
      },
    },
    { id: 'sorry', kind: 'respond', config: { status: 502, body: { error: '{{ steps.call.error }}' } } },
  ],
  edges: [
    { from: 'hook', to: 'call' },
    { from: 'call', to: 'reply' },
    { from: 'call', port: 'error', to: 'sorry' },
  ],
})

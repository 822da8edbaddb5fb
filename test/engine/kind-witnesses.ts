import { limits } from '../../schemas/limits.ts'
import { t0 } from '../support/events.ts'
import { executed } from './kind-observers.ts'
import { transformWitnesses } from './transform-witnesses.ts'
import { type Call, calls, decides, delivers, held, runs, token, verifies, type Witness } from './witness.ts'
import { worldWitnesses } from './world-witnesses.ts'

const header = (name: string) => (call: Call) => call.requests[0]?.headers[name]
const firstRequest = (call: Call) => call.requests[0]
const outcome = (call: Call) => call.outcome
const basic = (username: string, password: string) => ({ auth: { scheme: 'basic', username, password } })
const post = (config: object) => ({ method: 'POST', body: { a: 1 }, ...config })

const rules = (...texts: readonly [string, string][]) => ({ rules: texts.map(([port, when]) => ({ port, when })) })
const ports = (...open: string[]) => ({ ports: open })
const input = { body: { total: 40, customer: { name: 'Ada' } } }

const accepted = { accepted: null }

const loop = (turns: number) => `export default () => { for (let i = 0; i < ${turns}; i++); return 'done' }`
const allocate = (bytes: number) => `export default () => { new Uint8Array(${bytes}); return 'done' }`

/** By the field's path; a field of an object or a list stands after a dot. */
export const witnesses: Readonly<Record<string, Witness>> = {
  'manual.input': async () => ({
    happens: [await executed({}, 'text'), await executed({ input: { type: 'object' } }, 'text')],
    expected: ['started', 'input_invalid'],
  }),

  'webhook.methods': delivers(
    {},
    { methods: ['PUT'] },
    [accepted, accepted],
    ['method_not_allowed', 'method_not_allowed'],
  ),
  'webhook.verify.scheme': verifies({ scheme: 'github', secret: 'github' }, { scheme: 'token', secret: 'github' }),
  'webhook.verify.secret': verifies(token, { ...token, secret: 'window' }),
  'webhook.verify.header': verifies(token, { ...token, header: 'x-other' }),
  'webhook.filter': delivers(
    {},
    { filter: 'trigger.body.total > 40' },
    [accepted, accepted],
    [{ filtered: null }, accepted],
  ),
  'webhook.dedupe': delivers({}, { dedupe: 'trigger.body.id' }, [accepted, accepted], [accepted, { duplicate: null }]),
  'webhook.respond': delivers(
    {},
    { respond: 'result' },
    [accepted, accepted],
    [{ accepted: held(10_000) }, { accepted: held(10_000) }],
  ),
  'webhook.waitMs': delivers(
    { respond: 'result', waitMs: 500 },
    { respond: 'result', waitMs: 900 },
    [{ accepted: held(500) }, { accepted: held(500) }],
    [{ accepted: held(900) }, { accepted: held(900) }],
  ),

  'http.method': calls({}, { method: 'DELETE' }, (call) => firstRequest(call)?.method, 'GET', 'DELETE'),
  'http.url': calls(
    { url: 'ORIGIN/a' },
    { url: 'ORIGIN/{{ trigger.body.total }}' },
    (call) => firstRequest(call)?.url,
    '/a',
    '/40',
  ),
  'http.headers': calls(
    { headers: { 'x-name': 'Ada' } },
    { headers: { 'x-name': 'for {{ trigger.body.total }}' } },
    header('x-name'),
    'Ada',
    'for 40',
  ),
  'http.query': calls(
    {},
    { query: { total: '{{ trigger.body.total }}', tag: ['a', 'b'] } },
    (call) => firstRequest(call)?.url,
    '/a',
    '/a?total=40&tag=a&tag=b',
  ),
  'http.body': calls(
    post({}),
    post({ body: { total: '{{ trigger.body.total }}' } }),
    (call) => firstRequest(call)?.body,
    '{"a":1}',
    '{"total":40}',
  ),
  'http.bodyAs': calls(post({}), post({ bodyAs: 'form' }), (call) => firstRequest(call)?.body, '{"a":1}', 'a=1'),
  'http.auth.scheme': calls(
    { auth: { scheme: 'bearer', token: 'abc' } },
    basic('abc', ''),
    header('authorization'),
    'Bearer abc',
    `Basic ${btoa('abc:')}`,
  ),
  'http.auth.token': calls(
    { auth: { scheme: 'bearer', token: 'abc' } },
    { auth: { scheme: 'bearer', token: 'for {{ trigger.body.total }}' } },
    header('authorization'),
    'Bearer abc',
    'Bearer for 40',
  ),
  'http.auth.username': calls(
    basic('ada', 'x'),
    basic('{{ trigger.body.customer.name }}', 'x'),
    header('authorization'),
    `Basic ${btoa('ada:x')}`,
    `Basic ${btoa('Ada:x')}`,
  ),
  'http.auth.password': calls(
    basic('ada', 'x'),
    basic('ada', '{{ trigger.body.total }}!'),
    header('authorization'),
    `Basic ${btoa('ada:x')}`,
    `Basic ${btoa('ada:40!')}`,
  ),
  'http.expect': calls(
    { url: 'ORIGIN/teapot' },
    { url: 'ORIGIN/teapot', expect: [418] },
    outcome,
    'http_418',
    'succeeded',
  ),
  'http.redirects': calls(
    { url: 'ORIGIN/moved' },
    { url: 'ORIGIN/moved', redirects: 0 },
    outcome,
    'succeeded',
    'http_302',
  ),
  'http.idempotencyHeader': calls({}, { idempotencyHeader: 'X-Once' }, header('x-once'), undefined, 'exec-1:charge'),

  'code.source': runs(
    { source: 'export default ({ body }) => body.total' },
    { source: 'export default ({ body }) => body.total + 2' },
    40,
    42,
  ),
  'code.input': runs(
    { source: 'export default (input) => Object.keys(input)' },
    { source: 'export default (input) => Object.keys(input)', input: { sum: '{{ trigger.body.total }}' } },
    ['body'],
    ['sum'],
  ),
  'code.limits.fuel': runs(
    { source: loop(100_000) },
    { source: loop(100_000), limits: { fuel: 100_000 } },
    'done',
    'code_out_of_fuel',
  ),
  'code.limits.heapBytes': runs(
    { source: allocate(20_000_000) },
    { source: allocate(20_000_000), limits: { heapBytes: limits.codeHeapMinBytes } },
    'done',
    'code_out_of_memory',
  ),
  'code.limits.outputBytes': runs(
    { source: 'export default () => "a long text"' },
    { source: 'export default () => "a long text"', limits: { outputBytes: 12 } },
    'a long text',
    'output_too_large',
  ),

  'condition.rules.port': decides('condition', rules(['a', 'true']), rules(['b', 'true']), ports('a'), ports('b')),
  'condition.rules.when': decides(
    'condition',
    rules(['a', 'trigger.body.total > 30']),
    rules(['a', 'trigger.body.total > 50']),
    ports('a'),
    ports('else'),
  ),
  'condition.mode': decides(
    'condition',
    rules(['a', 'true'], ['b', 'true']),
    { ...rules(['a', 'true'], ['b', 'true']), mode: 'every' },
    ports('a'),
    ports('a', 'b'),
  ),

  ...transformWitnesses,
  ...worldWitnesses,

  'delay.ms': decides('delay', { ms: 10 }, { ms: '{{ trigger.body.total }}' }, { until: t0 + 10 }, { until: t0 + 40 }),
  'delay.until': decides(
    'delay',
    { until: '2026-01-02' },
    { until: t0 + 5 },
    { until: t0 + 86_400_000 },
    { until: t0 + 5 },
  ),
  'delay.duration': decides(
    'delay',
    { duration: 'PT90S' },
    { duration: 'P1DT{{ trigger.body.total }}M' },
    { until: t0 + 90_000 },
    { until: t0 + 86_400_000 + 40 * 60_000 },
  ),

  'respond.status': decides(
    'respond',
    {},
    { status: 404 },
    { response: { status: 200, headers: {} } },
    { response: { status: 404, headers: {} } },
  ),
  'respond.headers': decides(
    'respond',
    {},
    { headers: { 'X-Total': '{{ trigger.body.total }}' } },
    { response: { status: 200, headers: {} } },
    { response: { status: 200, headers: { 'x-total': '40' } } },
  ),
  'respond.body': decides('respond', {}, { body: '{{ trigger }}' }, { output: null }, { output: input }),

  'fail.message': decides(
    'fail',
    { message: 'no' },
    { message: 'only {{ trigger.body.total }}' },
    { failure: { code: 'failed', message: 'no' } },
    { failure: { code: 'failed', message: 'only 40' } },
  ),
  'fail.code': decides(
    'fail',
    { message: 'no' },
    { message: 'no', code: 'too_small' },
    { failure: { code: 'failed', message: 'no' } },
    { failure: { code: 'too_small', message: 'no' } },
  ),

  'log.message': decides(
    'log',
    { message: 'hello' },
    { message: 'for {{ trigger.body.customer.name }}' },
    { output: { level: 'info', message: 'hello' } },
    { output: { level: 'info', message: 'for Ada' } },
  ),
  'log.level': decides(
    'log',
    { message: 'hello' },
    { message: 'hello', level: 'warn' },
    { output: { level: 'info', message: 'hello' } },
    { output: { level: 'warn', message: 'hello' } },
  ),
  'log.data': decides(
    'log',
    { message: 'hello' },
    { message: 'hello', data: { total: '{{ trigger.body.total }}' } },
    { output: { level: 'info', message: 'hello' } },
    { output: { level: 'info', message: 'hello', data: { total: 40 } } },
  ),
}

import { expect } from 'vitest'

import { condition, delay, http, make, start } from '../support/graphs.ts'
import { after, hook, node, problem, type RefusedGraph } from './refused-graph.ts'

/** Configs that are not what their kind takes. */
export const graphsWithBadFields: readonly RefusedGraph[] = [
  after(
    '[VAL6] a field that is missing',
    node('http', {}),
    problem('it', 'config.url', 'missing_field', 'url is missing', 'fill it in'),
  ),
  after(
    '[VAL6] a field that is missing inside another',
    node('condition', { rules: [{ port: 'a' }] }),
    problem('it', 'config.rules[0].when', 'missing_field', 'rules[0].when is missing', 'fill it in'),
  ),
  after(
    '[VAL7] a value that does not fit its field',
    node('respond', { status: 99 }),
    problem(
      'it',
      'config.status',
      'invalid_field',
      'status: Too small: expected number to be >=200',
      'correct the value',
    ),
  ),
  after(
    '[VAL8] a field that the kind does not have',
    node('log', { message: 'hello', mesage: 'hallo' }),
    problem('it', 'config.mesage', 'unknown_field', 'log has no field mesage', 'remove it or correct its name'),
  ),
  after('[VAL18] an expression that does not compile', condition('it', { big: 'trigger.body.total >' }), {
    nodeId: 'it',
    field: 'config.rules[0].when',
    code: 'expression_invalid',
    message: expect.stringMatching(/./) as string,
    mend: expect.stringMatching(/./) as string,
  }),
  after('[VAL18] a template that does not compile', make('it', ['fine', '{{ trigger.body. }}']), {
    nodeId: 'it',
    field: 'config.fields.value[1]',
    code: 'expression_invalid',
    message: expect.stringMatching(/./) as string,
    mend: expect.stringMatching(/./) as string,
  }),
  after(
    '[KND1] a rule that uses a port of the condition itself',
    condition('it', { else: 'true', error: 'true' }),
    ...(['else', 'error'] as const).map((port, index) =>
      problem(
        'it',
        `config.rules[${index}].port`,
        'invalid_field',
        `a rule cannot use the port ${port}`,
        'give the port another name: else is taken when no rule holds, error when the condition fails',
      ),
    ),
  ),
  after(
    '[KND2] a delay without a length',
    node('delay', {}),
    problem('it', 'config', 'missing_field', 'a delay has one of ms, until and duration', 'set exactly one of them'),
  ),
  after(
    '[KND2] a delay with two lengths',
    node('delay', { ms: 1, duration: 'PT1S' }),
    problem('it', 'config', 'invalid_field', 'a delay has one of ms, until and duration', 'set exactly one of them'),
  ),
  after(
    '[KND2] a delay of no duration',
    node('delay', { duration: '1 minute' }),
    problem(
      'it',
      'config.duration',
      'invalid_field',
      '"1 minute" is not an ISO 8601 duration such as PT90S',
      'give an ISO 8601 duration such as PT90S',
    ),
  ),
  after(
    '[KND2] a delay until no moment',
    node('delay', { until: 'tomorrow' }),
    problem(
      'it',
      'config.until',
      'invalid_field',
      '"tomorrow" is not an ISO 8601 instant such as 2026-01-31T09:00:00Z, or milliseconds since 1970',
      'give an ISO 8601 instant such as 2026-01-31T09:00:00Z, or milliseconds since 1970',
    ),
  ),
  after(
    '[DLY5] a delay of more than a year',
    node('delay', { duration: 'P366D' }),
    problem(
      'it',
      'config.duration',
      'invalid_field',
      'a delay may last 31536000000 ms at the most',
      'give a shorter one',
    ),
  ),
  after('[VAL18] a delay whose text does not compile', delay('it', '{{ trigger. }}'), {
    nodeId: 'it',
    field: 'config.ms',
    code: 'expression_invalid',
  }),
  after('[VAL18] a fail step whose text does not compile', node('fail', { message: '{{ }}' }), {
    field: 'config.message',
    code: 'expression_invalid',
  }),
  after('[VAL18] a log step whose text does not compile', node('log', { message: 'x', data: ['{{ 1 + }}'] }), {
    field: 'config.data[0]',
    code: 'expression_invalid',
  }),
  after('[VAL18] a respond step whose text does not compile', node('respond', { body: '{{ 1 + }}' }), {
    field: 'config.body',
    code: 'expression_invalid',
  }),
  after(
    '[VAL18] an http step whose text does not compile',
    http('it', { config: { url: 'https://x.example/{{ 1 + }}' } }),
    {
      field: 'config.url',
      code: 'expression_invalid',
    },
  ),
  after(
    '[KND3] an http step with a body that its method does not send',
    node('http', { url: 'https://api.example', body: 'x' }),
    problem('it', 'config.body', 'invalid_field', 'GET sends no body', 'remove the body or choose another method'),
  ),
  after(
    '[KND3] an http step that says how a body is sent which it has not',
    node('http', { url: 'https://api.example', method: 'POST', bodyAs: 'form' }),
    problem('it', 'config.bodyAs', 'unknown_field', 'bodyAs has no effect without a body', 'remove it, or add a body'),
  ),
  after(
    '[KND3] an http step with a body that is sent as none',
    node('http', { url: 'https://api.example', method: 'POST', body: 'x', bodyAs: 'none' }),
    problem('it', 'config.body', 'unknown_field', 'body has no effect: bodyAs is none', 'remove both'),
  ),
  {
    name: '[KND7] a webhook that says how long its caller is held, and holds none',
    nodes: [hook({ waitMs: 500 }), make('it')],
    edges: ['start -> it'],
    problems: [
      problem(
        'start',
        'config.waitMs',
        'unknown_field',
        'waitMs has no effect on a hook that answers at once',
        'remove it, or answer with the result',
      ),
    ],
  },
  ...['ftp://files.example', 'api.example/x', '/relative'].map((url) =>
    after(
      `[KND3] an http step that is no http: ${url}`,
      node('http', { url }),
      problem(
        'it',
        'config.url',
        'invalid_field',
        'the URL is not http or https',
        'begin it with https:// or http://, or with one expression that gives the whole URL',
      ),
    ),
  ),
  after(
    '[KND4] an answer with a header of the connection',
    node('respond', { headers: { 'Set-Cookie': 'a=b' } }),
    problem(
      'it',
      'config.headers.Set-Cookie',
      'invalid_field',
      'an answer cannot set Set-Cookie',
      'remove this header',
    ),
  ),
  {
    name: '[KND5] an input schema that is none',
    nodes: [{ ...start, config: { input: { type: 'dream' } } }],
    edges: [],
    problems: [
      {
        nodeId: 'start',
        field: 'config.input',
        code: 'invalid_field',
        message: expect.stringMatching(/^the input schema cannot be used: /) as string,
        mend: 'give a JSON Schema (draft 2020-12)',
      },
    ],
  },
  {
    name: '[KND7] a GitHub hook by GET',
    nodes: [hook({ methods: ['GET', 'POST'], verify: { scheme: 'github', secret: 'known' } })],
    edges: [],
    secrets: { known: [] },
    problems: [
      problem('start', 'config.methods', 'invalid_field', 'GitHub signs a body, and GET has none', 'remove GET'),
    ],
  },
  {
    name: '[KND7] a filter and a key that read what a hook does not have yet',
    nodes: [hook({ filter: 'steps.x.output == 1', dedupe: 'execution.id' })],
    edges: [],
    problems: [
      { field: 'config.filter', code: 'expression_invalid' },
      { field: 'config.dedupe', code: 'expression_invalid' },
    ],
  },
  {
    name: '[KND7] a filter that reads what a request never has',
    nodes: [hook({ filter: 'trigger.payload == 1' })],
    edges: [],
    problems: [
      problem(
        'start',
        'config.filter',
        'unknown_reference',
        'trigger.payload: there is no payload',
        'use one of method, path, headers, query, body',
      ),
    ],
  },
  after(
    '[VAL7] code that cannot have a default export',
    node('code', { source: 'export const total = ({ lines }) => lines.length' }),
    problem(
      'it',
      'config.source',
      'invalid_field',
      'the code has no default export',
      'begin the function with export default',
    ),
  ),
  {
    name: '[KND16] a filter that reads what an event never has',
    nodes: [{ id: 'start', kind: 'event', config: { name: 'order.paid', filter: 'trigger.body.total > 1' } }],
    edges: [],
    problems: [
      problem(
        'start',
        'config.filter',
        'unknown_reference',
        'trigger.body.total: there is no body',
        'use one of name, data, id, at',
      ),
    ],
  },
  {
    name: '[KND16] a filter that reads what there is not yet',
    nodes: [{ id: 'start', kind: 'event', config: { name: 'order.paid', filter: 'execution.id == "a"' } }],
    edges: [],
    problems: [{ field: 'config.filter', code: 'expression_invalid' }],
  },
]

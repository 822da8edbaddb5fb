import { expect } from 'vitest'

import { make, start } from '../support/graphs.ts'
import { after, bearer, hook, node, problem, type RefusedGraph } from './refused-graph.ts'

/** Texts that read what cannot be there, and secrets that must not go there. */
export const graphsWithBadReferences: readonly RefusedGraph[] = [
  after(
    '[VAL16] a step that does not exist',
    make('it', '{{ steps.nobody.output }}'),
    problem(
      'it',
      'config.fields.value',
      'unknown_reference',
      'steps.nobody.output: there is no step nobody',
      'use one of start',
    ),
  ),
  {
    name: '[VAL16] a step that does not exist, where no step comes before',
    nodes: [start, make('it', '{{ steps.nobody.output }}')],
    edges: [],
    problems: [
      problem('it', null, 'unreachable_node', 'no trigger leads to it', 'connect it to a step that runs, or remove it'),
      problem(
        'it',
        'config.fields.value',
        'unknown_reference',
        'steps.nobody.output: there is no step nobody',
        'no step comes before this one',
      ),
    ],
  },
  after(
    '[VAL16] steps without one',
    make('it', '{{ size(steps) }}'),
    problem('it', 'config.fields.value', 'unknown_reference', 'steps names no step', 'write steps.<id>.output'),
  ),
  after(
    '[VAL16] a part that no step has',
    make('it', '{{ steps.start.result }}'),
    problem(
      'it',
      'config.fields.value',
      'unknown_reference',
      'steps.start.result: a step has output and error',
      'write steps.start.output',
    ),
  ),
  after(
    '[VAL16] a field that the output never has',
    make('it', '{{ steps.start.output.payload }}'),
    problem(
      'it',
      'config.fields.value',
      'unknown_reference',
      'steps.start.output.payload: there is no payload',
      'use one of body',
    ),
  ),
  after(
    '[VAL16] a field that the trigger never has',
    make('it', '{{ trigger.headers.host }}'),
    problem(
      'it',
      'config.fields.value',
      'unknown_reference',
      'trigger.headers.host: there is no headers',
      'use one of body',
    ),
  ),
  after(
    '[VAL16] a field that the execution never has',
    make('it', '{{ execution.name }}'),
    problem(
      'it',
      'config.fields.value',
      'unknown_reference',
      'execution.name: there is no name',
      'use one of id, startedAt',
    ),
  ),
  after(
    '[VAL16] a field that the workflow never has',
    make('it', '{{ workflow.owner }}'),
    problem(
      'it',
      'config.fields.value',
      'unknown_reference',
      'workflow.owner: there is no owner',
      'use one of id, version, name',
    ),
  ),
  {
    name: '[VAL16] a trigger that leads here from nowhere',
    nodes: [start, make('it', '{{ trigger.body }}')],
    edges: [],
    problems: [
      problem('it', null, 'unreachable_node', 'no trigger leads to it', 'connect it to a step that runs, or remove it'),
      problem(
        'it',
        'config.fields.value',
        'unknown_reference',
        'trigger.body: there is no body',
        'there is nothing to read',
      ),
    ],
  },
  after(
    '[VAL16] a reference in the message of a fail step',
    node('fail', { message: 'no {{ steps.nobody.output }}' }),
    problem(
      'it',
      'config.message',
      'unknown_reference',
      'steps.nobody.output: there is no step nobody',
      'use one of start',
    ),
  ),
  {
    name: '[VAL17] a step that comes later',
    nodes: [start, make('it', '{{ steps.later.output }}'), make('later')],
    edges: ['start -> it', 'it -> later'],
    problems: [
      problem(
        'it',
        'config.fields.value',
        'reference_cannot_have_run',
        'steps.later.output: later does not come before it',
        'lead an edge from later towards it, or read another step',
      ),
    ],
  },
  after(
    '[VAL17] a step that reads itself',
    make('it', '{{ steps.it.output }}'),
    problem(
      'it',
      'config.fields.value',
      'reference_cannot_have_run',
      'steps.it.output: a step cannot read itself',
      'read another step',
    ),
  ),
  after(
    '[VAL19] a secret that does not exist',
    bearer('chat', 'https://chat.example/post'),
    problem(
      'it',
      'config.auth.token',
      'missing_secret',
      'there is no secret chat',
      'store it with PUT /api/secrets/chat, or on the page Secrets',
    ),
  ),
  {
    name: '[VAL19] a secret that does not exist and that a webhook verifies with',
    nodes: [hook({ verify: { scheme: 'github', secret: 'github_webhook' } })],
    edges: [],
    problems: [
      problem(
        'start',
        'config.verify.secret',
        'missing_secret',
        'there is no secret github_webhook',
        'store it with PUT /api/secrets/github_webhook, or on the page Secrets',
      ),
    ],
  },
  after('[VAL20] a secret where none may stand', make('it', '{{ secrets.chat }}'), {
    nodeId: 'it',
    field: 'config.fields.value',
    code: 'secret_not_allowed',
    message: expect.stringMatching(/./) as string,
    mend: expect.stringMatching(/./) as string,
  }),
  ...['{{ trigger.body.url }}', 'https://{{trigger.body.host}}/', 'https://chat.example{{ trigger.body.more }}'].map(
    (url) => ({
      ...after(
        `[VAL21] a secret that data could send anywhere: ${url}`,
        bearer('chat', url),
        problem(
          'it',
          'config.auth.token',
          'secret_host_unknown',
          'data decides which host the secret chat would be sent to',
          'write the host into the URL, or name the hosts that chat may go to',
        ),
      ),
      secrets: { chat: [] },
    }),
  ),
]

import { expect } from 'vitest'

import { after, node, problem, type RefusedGraph } from './refused-graph.ts'

const onlyFor = (field: string, what: string, only: string) =>
  problem(
    'it',
    `config.${field}`,
    'unknown_field',
    `${field} has no effect on a wait for ${what}`,
    `remove it, or wait for ${only}`,
  )
const schema = { type: 'object', properties: { comment: { type: 'string' } } }
const mendForm = 'give a JSON Schema (draft 2020-12) of an object'

/** Waits, containers and children that are not what their kind takes. */
export const graphsWithBadWaits: readonly RefusedGraph[] = [
  after(
    '[KND17] fields of other ways of waiting',
    node('wait', { for: 'callback', match: 'true', form: schema, message: 'May it?' }),
    onlyFor('match', 'a callback', 'a signal'),
    onlyFor('form', 'a callback', 'an approval'),
    onlyFor('message', 'a callback', 'an approval'),
  ),
  after(
    '[KND17] a match on an approval',
    node('wait', { for: 'approval', match: 'true' }),
    onlyFor('match', 'an approval', 'a signal'),
  ),
  after(
    '[KND17] a wait for a signal without a name',
    node('wait', { for: 'signal' }),
    problem('it', 'config.name', 'missing_field', 'a wait for a signal needs its name', 'give the signal a name'),
  ),
  after(
    '[KND17] a name that no signal can have',
    node('wait', { for: 'signal', name: 'order paid' }),
    problem(
      'it',
      'config.name',
      'invalid_field',
      'name: must start with a letter and hold only letters, digits, _, . and -',
      'correct the name',
    ),
  ),
  after(
    '[KND17] a form that is not that of an object',
    node('wait', { for: 'approval', form: { type: 'string' } }),
    problem('it', 'config.form', 'invalid_field', 'the form is not that of an object', mendForm),
  ),
  after(
    '[KND17] a form that is no schema',
    node('wait', { for: 'approval', form: { type: 'object', properties: { a: { type: 'dream' } } } }),
    {
      ...problem('it', 'config.form', 'invalid_field', '', mendForm),
      message: expect.stringMatching(/^the form cannot be used: /) as string,
    },
  ),
  after('[VAL18] an approval whose message does not compile', node('wait', { for: 'approval', message: '{{ 1 + }}' }), {
    field: 'config.message',
    code: 'expression_invalid',
  }),
  after('[VAL18] a match that does not compile', node('wait', { for: 'signal', name: 'paid', match: 'signal.' }), {
    field: 'config.match',
    code: 'expression_invalid',
  }),
  after('[VAL18] an input of a workflow that does not compile', node('workflow', { workflowId: 'w', input: '{{ }}' }), {
    field: 'config.input',
    code: 'expression_invalid',
  }),
  after(
    '[VAL18] an input of code that does not compile',
    node('code', { source: 'export default (input) => input', input: '{{ 1 + }}' }),
    { field: 'config.input', code: 'expression_invalid' },
  ),
  after(
    '[VAL18] items and a collect that do not compile',
    node('each', { items: '[', collect: 'item.' }),
    { field: 'config.items', code: 'expression_invalid' },
    { field: 'config.collect', code: 'expression_invalid' },
    { code: 'empty_container' },
  ),
]

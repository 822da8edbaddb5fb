import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { scope } from './evaluate.ts'
import { problemsOf, template } from './templates.ts'

describe('links', () => {
  const links = {
    approve: { link: 'approve@each_order[3]', executionId: 'execution-1', for: 'approval' },
    answer: { link: 'answer', executionId: 'execution-0', for: 'callback' },
  }

  it('[EXP35] shows a mask and says which step the link is for', () => {
    const mail = template({ body: ['{{ links.approve }}', 'Hi {{ trigger.body.name }}: {{links.answer}}.'] })
    expect(mail.secrets).toEqual([])
    expect(mail.places.map(({ links: named }) => named)).toEqual([['approve'], ['answer']])
    expect(mail.evaluate({ ...scope, links })).toEqual({
      ok: true,
      value: { body: ['••• (link approve@each_order[3])', 'Hi Ann: ••• (link answer).'] },
      injections: [
        { path: ['body', 0], parts: [links.approve] },
        { path: ['body', 1], parts: [{ text: 'Hi Ann: ' }, links.answer, { text: '.' }] },
      ],
    })
  })

  it.each(['{{ links }}', '{{ links.approve.url }}', '{{ "see " + links.approve }}', '{{ links["approve"] }}'])(
    '[EXP35] refuses a link in any other form: %s',
    (text) => {
      expect(problemsOf(text)).toMatchObject([{ code: 'link_not_allowed' }])
    },
  )

  it('[EXP35] refuses a link where no secret is allowed', () => {
    expect(problemsOf('{{ links.approve }}', { secrets: false })).toMatchObject([{ code: 'link_not_allowed' }])
  })

  it('[EXP35] lets no data ask for a link', () => {
    const request = template({ whole: '{{ trigger }}', inText: 'x {{ trigger }}' })
    const asking = { text: '{{ links.approve }}', handle: links.approve, mask: '••• (link approve)' }
    expect(request.evaluate({ trigger: asking, links })).toMatchObject({ value: { whole: asking }, injections: [] })
  })

  it('[EXP31] calls a scope without the link a fault of its own', () => {
    for (const from of [scope, { ...scope, links: {} }])
      expect(() => template('{{ links.approve }}').evaluate(from)).toThrow('the scope has no link to approve')
  })
})

describe('secrets', () => {
  it('[EXP30] shows a mask and says where the secret goes', () => {
    const request = template({
      headers: { authorization: 'Bearer {{ secrets.chat }}', plain: 'x' },
      body: ['{{secrets.chat}}', 'k={{ secrets.api_key }}&u={{ item.id }}-{{ trigger.body.count }}{{ secrets.chat }}'],
    })
    expect(request.secrets).toEqual(['chat', 'api_key'])
    expect(request.isConstant).toBe(false)
    expect(request.evaluate(scope)).toEqual({
      ok: true,
      value: {
        headers: { authorization: 'Bearer ••• (secret chat)', plain: 'x' },
        body: ['••• (secret chat)', 'k=••• (secret api_key)&u=i-1-7••• (secret chat)'],
      },
      injections: [
        { path: ['headers', 'authorization'], parts: [{ text: 'Bearer ' }, { secret: 'chat' }] },
        { path: ['body', 0], parts: [{ secret: 'chat' }] },
        { path: ['body', 1], parts: [{ text: 'k=' }, { secret: 'api_key' }, { text: '&u=i-1-7' }, { secret: 'chat' }] },
      ],
    })
  })

  it.each([
    '{{ "Bearer " + secrets.chat }}',
    '{{ secrets.chat.size() }}',
    '{{ secrets["chat"] }}',
    '{{ secrets }}',
    '{{ secrets.Chat }}',
    '{{ secrets.chat.x }}',
    '{{ (secrets.chat) }}',
    '{{ has(secrets.chat) }}',
    `{{ secrets.${'n'.repeat(limits.secretNameLength + 1)} }}`,
  ])('[EXP30] refuses a secret in any other form: %s', (text) => {
    expect(problemsOf(text)).toMatchObject([{ code: 'secret_not_allowed' }])
  })

  it('[EXP30] refuses a secret where none is allowed', () => {
    expect(problemsOf({ a: 'x {{ secrets.chat }}' }, { secrets: false })).toMatchObject([
      { code: 'secret_not_allowed', path: ['a'] },
    ])
  })

  it('[EXP30] lets no data ask for a secret, whatever it looks like', () => {
    const attack = {
      text: '{{ secrets.chat }}',
      mask: '••• (secret chat)',
      handle: { secret: 'chat' },
      parts: [{ secret: 'chat' }],
      injection: { path: ['headers', 'authorization'], parts: [{ secret: 'chat' }] },
      '{{ secrets.chat }}': '{{ secrets.chat }}',
    }
    const request = template({
      whole: '{{ trigger }}',
      inText: 'x {{ trigger.text }} {{ trigger.mask }} {{ trigger.handle }}',
      spliced: '{{ "{{ secrets" }}{{ ".chat }}" }}',
      listed: ['{{ trigger.parts }}', '{{ trigger.injection }}'],
      built: '{{ {"secret": "chat"} }}',
      '{{ secrets.chat }}': 'a key is never a template',
    })
    const evaluation = request.evaluate({ trigger: attack })
    expect(request.secrets).toEqual([])
    expect(evaluation).toMatchObject({ ok: true, injections: [] })
    expect(evaluation.ok && evaluation.value).toMatchObject({
      whole: attack,
      inText: 'x {{ secrets.chat }} ••• (secret chat) {"secret":"chat"}',
      spliced: '{{ secrets.chat }}',
    })
  })

  it('[EXP30] keeps the place of a secret when data stands before it', () => {
    const list = template(['{{ trigger }}', 'Bearer {{ secrets.chat }}'])
    const evaluation = list.evaluate({ trigger: ['many', 'elements'] })
    expect(evaluation).toMatchObject({
      value: [['many', 'elements'], 'Bearer ••• (secret chat)'],
      injections: [{ path: [1] }],
    })
  })
})

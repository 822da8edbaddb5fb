import { describe, expect, it } from 'vitest'
import { draftOf, readSecret } from '../../studio/model/secret-draft.ts'

const good = { name: 'chat_token', value: 's3cret', hosts: '' }

describe('secret form', () => {
  it('becomes the body to send, with hosts by line, blank or comma', () => {
    expect(readSecret(good)).toEqual({ body: { value: 's3cret', hosts: [] }, nameProblem: null, hostProblem: null })
    expect(readSecret({ ...good, hosts: ' api.example.com\n*.chat.example, localhost:8080 ' }).body?.hosts).toEqual([
      'api.example.com',
      '*.chat.example',
      'localhost:8080',
    ])
  })

  it('says what is wrong with a name or a host, and sends nothing', () => {
    expect(readSecret({ ...good, name: 'Chat-Token' })).toMatchObject({
      body: null,
      nameProblem: expect.stringContaining('lower-case letter'),
    })
    expect(readSecret({ ...good, hosts: 'api.example.com https://evil/' })).toMatchObject({
      body: null,
      hostProblem: expect.stringContaining('https://evil/: must be a host'),
    })
    const many = Array.from({ length: 30 }, (_, index) => `h${index}.example`).join(' ')
    expect(readSecret({ ...good, hosts: many })).toMatchObject({
      body: null,
      hostProblem: expect.stringMatching(/^The list: /),
    })
  })

  it('does not scold an empty form, but is not ready', () => {
    expect(readSecret(draftOf(null))).toEqual({ body: null, nameProblem: null, hostProblem: null })
  })

  it('begins a replacement with the name and hosts, never with a value', () => {
    expect(draftOf({ name: 'k', hosts: ['a.example', 'b.example'] })).toEqual({
      name: 'k',
      value: '',
      hosts: 'a.example\nb.example',
    })
  })
})

import { describe, expect, it } from 'vitest'

import { failureOf, problemOf, resultOf, scope } from './evaluate.ts'

describe('reading', () => {
  it.each([
    ['trigger.body.total', 99.5],
    ["trigger.headers['x-github-event']", 'issues'],
    ['steps.notify.output.body.id', 42],
    ['trigger.body.lines[1].sku', 'a'],
    ['trigger.body.lines[trigger.body.count - 6].sku', 'a'],
    ["trigger['bo' + 'dy'].name", 'Ann'],
    ['trigger.body.note', null],
    ["trigger.body['in']", 'a reserved word'],
    ['item', { id: 'i-1' }],
  ])('[EXP1] reads %s', (source, expected) => {
    expect(resultOf(source)).toEqual(expected)
  })

  it('[EXP1] gives back data that was read as the very same object', () => {
    expect(resultOf('trigger.body')).toBe((scope['trigger'] as Record<string, unknown>)['body'])
  })

  it.each([
    ['trigger.body.totl', '`trigger.body.totl` does not exist; did you mean `total`?'],
    [
      'trigger.body.color',
      '`trigger.body.color` does not exist; if it may be absent, write trigger.body.?color.orValue(…)',
    ],
    [
      "trigger.headers['x-none']",
      '`trigger.headers["x-none"]` does not exist; if it may be absent, write trigger.headers[?"x-none"].orValue(…)',
    ],
    [
      'trigger.body.tags[3]',
      '`trigger.body.tags[3]` does not exist: `trigger.body.tags` has 3 elements; count from 0, or write trigger.body.tags[?0].orValue(…) for one that may be absent',
    ],
    [
      '[true][1]',
      '`[true][1]` does not exist: `[true]` has 1 element; count from 0, or write [true][?0].orValue(…) for one that may be absent',
    ],
    [
      'trigger.body.tags[-1]',
      '`trigger.body.tags[-1]` does not exist: `trigger.body.tags` has 3 elements; count from 0, or write trigger.body.tags[?0].orValue(…) for one that may be absent',
    ],
    [
      'trigger.body.tags[0.5]',
      '`trigger.body.tags[0.5]` does not exist: `trigger.body.tags` has 3 elements; count from 0, or write trigger.body.tags[?0].orValue(…) for one that may be absent',
    ],
    [
      'trigger.body.lines.sku',
      '`trigger.body.lines` is a list, so `trigger.body.lines.sku` does not exist; take one element, as in trigger.body.lines[0], or all of them: trigger.body.lines.map(x, x.sku)',
    ],
    [
      'trigger.body.note.text',
      '`trigger.body.note` is null, so `trigger.body.note.text` does not exist; if it may be null, write trigger.body.note.?text.orValue(…)',
    ],
    [
      'trigger.body.note[0]',
      '`trigger.body.note` is null, so `trigger.body.note[0]` does not exist; if it may be null, write trigger.body.note[?0].orValue(…)',
    ],
    [
      'trigger.body.name.first',
      '`trigger.body.name` is text, so `trigger.body.name.first` does not exist; only objects and lists have fields',
    ],
    [
      'trigger.body[0]',
      '`trigger.body` is an object, so `trigger.body[0]` does not exist; the name of a field is text',
    ],
    ['trigger.body.tags[true]', '`trigger.body.tags` has 3 elements'],
  ])('[EXP2] says that %s is missing, and the mend', (source, message) => {
    const failure = failureOf(source)
    expect(failure.code).toBe('expression_failed')
    expect(failure.message).toContain(message)
    expect(failure.details).toMatchObject({ reason: 'missing', expression: source })
  })

  it('[EXP2] says when a root has no value here', () => {
    expect(failureOf('item.id', {}).message).toBe('`item` does not exist here; use it only where it has a value')
    expect(failureOf('item.id', { item: undefined }).details).toMatchObject({ reason: 'missing' })
  })

  it('[EXP2] suggests nothing for names too long to be a slip', () => {
    const name = 'n'.repeat(65)
    expect(failureOf(`trigger.body.${name}`).message).not.toContain('did you mean')
  })

  it.each([
    ['trigger.body.?color.orValue("none")', 'none'],
    ['trigger.body.?name.orValue("none")', 'Ann'],
    ['trigger.?nobody.color.deep.orValue("none")', 'none'],
    ['trigger.?body.name.orValue("none")', 'Ann'],
    ['trigger.body.note.?text.orValue("none")', 'none'],
    ['trigger.body.tags[?9].orValue("none")', 'none'],
    ['trigger.body.tags[?0].orValue("none")', 'bug'],
    ['trigger.body.?color.or(trigger.body.?name).orValue("x")', 'Ann'],
    ['trigger.body.?name.or(trigger.body.?color).value()', 'Ann'],
    ['trigger.body.?name.hasValue()', true],
    ['trigger.body.?color.hasValue()', false],
    ['(trigger.body.urgent ? trigger.body.?name : trigger.body.?color).orValue("x")', 'Ann'],
    ['trigger.body.lines.map(x, x.?gift)[0].orValue(false)', false],
    ['has(trigger.body.name)', true],
    ['has(trigger.body.color)', false],
    ['has(trigger.nobody.color.deep)', false],
    ['has(trigger.body.note)', true],
    ['has(trigger.body.note.text)', false],
    ["has(trigger.headers['x-github-event'])", true],
    ['has(trigger.?body.tags[?5])', false],
  ])('[EXP3] takes what may be absent: %s', (source, expected) => {
    expect(resultOf(source)).toEqual(expected)
  })

  it('[EXP3] refuses a result that may be absent', () => {
    expect(problemOf('trigger.body.?name').mend).toContain('.orValue')
    expect(failureOf('true ? trigger.body.?name : "x"').message).toBe(
      'the result may be absent; end the expression with .orValue(…)',
    )
    expect(failureOf('[trigger.body.?name]').details).toMatchObject({ reason: 'type' })
  })

  it('[EXP3] does not evaluate what stands in when it is not needed', () => {
    expect(resultOf('trigger.body.?name.orValue(trigger.body.nope)')).toBe('Ann')
  })

  it('[EXP3] fails on .value() of what is absent, and on .orValue of what never is', () => {
    expect(failureOf('trigger.body.?color.value()').message).toContain('write .orValue(…) instead')
    expect(failureOf('trigger.body.name.orValue("x")').message).toContain('never absent')
    expect(problemOf('"x".orValue("y")').message).toContain('never absent')
    expect(problemOf('has(trigger)').code).toBe('expression_type')
    expect(problemOf('has()').code).toBe('expression_type')
  })
})

import { describe, expect, it } from 'vitest'

import { failureOf, problemOf, resultOf } from './evaluate.ts'

describe('numbers', () => {
  it.each([
    ['trigger.body.total * 2', 199],
    ['2 * trigger.body.total', 199],
    ['trigger.body.count % 2', 1],
    ['trigger.body.count + 1', 8],
    ['trigger.body.count - 1', 6],
    ['trigger.body.count / 2', 3.5],
    ['trigger.body.count + trigger.body.total', 106.5],
    ['-trigger.body.count', -7],
    ['-(3)', -3],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['-7 % 3', -1],
    ['5 - 7', -2],
    ['3 * 4', 12],
    ['size(trigger.body.tags) / 2', 1],
    ['0.1 + 0.2', 0.1 + 0.2],
    ['0 * -1.0', 0],
  ])('[EXP4] calculates %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it.each([
    ['trigger.body.total > 50', true],
    ['trigger.body.count == 7', true],
    ['7 == trigger.body.count', true],
    ['trigger.body.count != 7.0', false],
    ['trigger.body.count <= 6', false],
    ['trigger.body.count >= trigger.body.total', false],
    ['9007199254740993 == double(9007199254740992)', false],
    ['1 < 2 && 2 >= 2 && 1 <= 1', true],
  ])('[EXP4] compares %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it.each([
    ['1 / 0', 'division_by_zero'],
    ['1 % 0', 'division_by_zero'],
    ['trigger.body.total / 0', 'division_by_zero'],
    ['trigger.body.total % 0', 'division_by_zero'],
    ['9223372036854775807 + 1', 'range'],
    ['-9223372036854775807 - 2', 'range'],
    ['1e308 * 10.0', 'range'],
    ['9007199254740993', 'range'],
    ['-int("-9223372036854775808")', 'range'],
  ])('[EXP5] fails on %s rather than give a wrong number', (source, reason) => {
    expect(failureOf(source).details).toMatchObject({ reason })
  })

  it('[EXP5] refuses a whole literal of more than 64 bits', () => {
    expect(problemOf('9223372036854775808').code).toBe('expression_type')
  })
})

describe('equality and order', () => {
  it.each([
    ['trigger.body.name == "Ann"', true],
    ['trigger.body.name == "Anna"', false],
    ['trigger.body.name == 3', false],
    ['trigger.body.note == null', true],
    ['trigger.body.name != null', true],
    ['trigger.body.tags == ["bug", "ui", "bug"]', true],
    ['trigger.body.tags == ["bug", "ui"]', false],
    ['trigger.body.tags == ["bug", "ui", "x"]', false],
    ['item == {"id": "i-1"}', true],
    ['item == {"id": "i-2"}', false],
    ['item == {"ib": "i-1"}', false],
    ['item == {}', false],
    ['item == trigger.body.tags', false],
    ['[1, 2.0] == [1.0, 2]', true],
    ['trigger.body.urgent == false', false],
    ['timestamp("2026-01-01T00:00:00Z") == timestamp("2026-01-01T01:00:00+01:00")', true],
    ['duration("60s") == duration("1m")', true],
    ['"ui" in trigger.body.tags', true],
    ['"api" in trigger.body.tags', false],
    ['3 in [1, 2, 3.0]', true],
    ['"id" in item', true],
    ['"nope" in item', false],
    ['trigger.body.count in item', false],
    ['"a" < "b" && "b" > "a"', true],
    ['false < true', true],
    ['duration("1s") < duration("2s")', true],
    ['timestamp("2026-01-01T00:00:00Z") <= timestamp("2026-01-01T00:00:00Z")', true],
  ])('[EXP6] %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it('[EXP6] compares long texts, and pays for it', () => {
    const text = 'x'.repeat(5000)
    expect(resultOf('item == "y" + trigger', { item: text, trigger: text.slice(1) })).toBe(false)
    expect(resultOf('item == trigger', { item: text, trigger: `${text.slice(1)}x` })).toBe(true)
  })

  it.each([
    ['trigger.body.name > 3', '> cannot be used between text and a number; turn the text into a number: double(…)'],
    ['trigger.body.note > 3', '> cannot be used between null and a number; use two values of the same kind'],
    ['trigger.body.count > trigger.body.name', 'between a number and text'],
    ['trigger.body.tags < trigger.body.tags', 'between a list and a list'],
    ['"a" in trigger.body.name', 'for a part of a text write text.contains(part)'],
    ['"a" in trigger.body.count', 'use a list'],
    ['trigger.body.count + trigger.body.note', 'use two values of the same kind'],
    ['trigger.body.name * 2', 'turn the text into a number'],
    ['trigger.body.name + 1', 'write string(…) around the other value'],
    ['-trigger.body.name', '- needs a number, not text'],
  ])('[EXP7] says why %s cannot be', (source, message) => {
    expect(failureOf(source).message).toContain(message)
  })

  it.each([
    ['"a" + 1', 'to join texts'],
    ['"a" > 1', 'turn the text into a number'],
    ['"a" == 1', 'convert one side'],
    ['[1] - [2]', 'same kind'],
    ['trigger.?a + 1', '.orValue'],
    ['-"a"', 'before a number'],
    ['"a".b', 'only of objects and lists'],
    ['"a" && true', 'compare it'],
    ['!1', 'compare it'],
    ['1 ? 2 : 3', 'compare it'],
    ['trigger.?a || true', 'end it with .orValue(false)'],
    ['{1: 2}', 'in quotes'],
  ])('[EXP7] finds before it runs that %s cannot be', (source, mend) => {
    const problem = problemOf(source)
    expect(problem.code).toBe('expression_type')
    expect(problem.mend).toContain(mend)
  })
})

describe('logic', () => {
  it.each([
    ['true || trigger.body.nope', true],
    ['trigger.body.nope == 1 || true', true],
    ['trigger.body.nope == 1 && false', false],
    ['false && trigger.body.nope == 1', false],
    ['false || false', false],
    ['true && true', true],
    ['!trigger.body.urgent', false],
    ['trigger.body.urgent ? "yes" : trigger.body.nope', 'yes'],
    ['!trigger.body.urgent ? 1 : "no"', 'no'],
  ])('[EXP8] %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it('[EXP8] fails when the side that failed decides', () => {
    expect(failureOf('trigger.body.nope == 1 || false').details).toMatchObject({ reason: 'missing' })
    expect(failureOf('trigger.body.nope == 1 && true').details).toMatchObject({ reason: 'missing' })
    expect(failureOf('trigger.body.name || false').message).toContain('must be true or false, but it is text')
  })
})

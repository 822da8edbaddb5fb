import { describe, expect, it } from 'vitest'

import { functionSignatures } from '../../runtime/expression/index.ts'
import { failureOf, problemOf, resultOf, scope } from './evaluate.ts'

describe('loops', () => {
  it.each([
    ['trigger.body.lines.map(x, x.qty * x.price)', [4.5, 10]],
    ['trigger.body.lines.map(x, x.qty > 1, x.sku)', ['b']],
    ['trigger.body.lines.filter(x, x.qty > 1).size()', 1],
    ['trigger.body.lines.exists(x, x.sku == "a")', true],
    ['trigger.body.lines.exists(x, x.sku == "z")', false],
    ['trigger.body.lines.all(x, x.qty > 0)', true],
    ['trigger.body.lines.all(x, x.qty > 1)', false],
    ['trigger.body.tags.exists_one(x, x == "ui")', true],
    ['trigger.body.tags.exists_one(x, x == "bug")', false],
    ['trigger.body.lines.sortBy(x, x.price).map(x, x.sku)', ['b', 'a']],
    ['trigger.body.lines.sortBy(x, x.sku).map(x, x.sku)', ['a', 'b']],
    ['[3, 1, 2].sortBy(x, true)', [3, 1, 2]],
    ['trigger.headers.map(name, name)', ['x-github-event']],
    [
      '[1, 2].map(x, [10, 20].map(y, x + y))',
      [
        [11, 21],
        [12, 22],
      ],
    ],
    ['[1, 2].map(x, [3].map(x, x))', [[3], [3]]],
    ['[[1], [2]].map(x, x.map(x, x + 1).map(y, [y, size(x)]))', [[[2, 1]], [[3, 1]]]],
    ['[].map(x, x.nope)', []],
  ])('[EXP9] %s', (source, expected) => {
    expect(resultOf(source)).toEqual(expected)
  })

  it('[EXP9] lets an element that decides win over one that fails', () => {
    expect(resultOf('[{}, {"a": 1}].exists(x, x.a == 1)')).toBe(true)
    expect(resultOf('[{}, {"a": 1}].all(x, x.a != 1)')).toBe(false)
    expect(failureOf('[{}, {"a": 2}].exists(x, x.a == 1)').details).toMatchObject({ reason: 'missing' })
    expect(failureOf('[{"a": 2}, {}].all(x, x.a == 2)').details).toMatchObject({ reason: 'missing' })
  })

  it('[EXP9] says what cannot be looped over', () => {
    expect(failureOf('trigger.body.name.map(x, x)').message).toContain('`trigger.body.name` is text, not a list')
    expect(problemOf('"abc".map(x, x)').message).toContain('not a list')
    expect(problemOf('trigger.?list.map(x, x)').mend).toContain('.orValue([])')
    expect(problemOf('[1].filter(x, "yes")').message).toContain('must be true or false')
    expect(failureOf('trigger.body.tags.filter(x, x)').message).toContain('must be true or false, but it is text')
    expect(problemOf('[1].map(1, 2)').message).toContain('the first argument must be a name')
  })

  it('[EXP21] does not loop over forbidden keys', () => {
    const item = JSON.parse('{"__proto__": 1, "constructor": 2, "kept": 3}') as unknown
    expect(resultOf('item.map(key, item[key])', { item })).toEqual([3])
  })
})

describe('texts', () => {
  it.each([
    ['trigger.body.title.contains("crash")', true],
    ['trigger.body.title.startsWith("The")', true],
    ['trigger.body.title.endsWith("app")', false],
    ['trigger.body.name.size()', 3],
    ['size("a😀b")', 3],
    ['"a😀b".substring(1, 2)', '😀'],
    ['"a😀b".substring(2)', 'b'],
    ['"abc".substring(1)', 'bc'],
    ['"abc".substring(0, 2)', 'ab'],
    ['"a😀b".indexOf("b")', 2],
    ['"abcb".lastIndexOf("b")', 3],
    ['"abc".indexOf("z")', -1],
    ['"ÄbC".lowerAscii()', 'Äbc'],
    ['"äBc".upperAscii()', 'äBC'],
    ['"ÄB".lower()', 'äb'],
    ['"äb".upper()', 'ÄB'],
    ['"  a ".trim()', 'a'],
    ['"a,b,c".split(",")', ['a', 'b', 'c']],
    ['"a😀".split("")', ['a', '😀']],
    ['"a-b-c".replace("-", "$&")', 'a$&b$&c'],
    ['"ab".replace("", ".")', '.a.b.'],
    ['"a b/ä".urlEncode()', 'a%20b%2F%C3%A4'],
    ['"ABC-12".re("^[A-Z]+-[0-9]+$")', true],
    ['trigger.body.title.re("bug|crash")', true],
    ['"abc".re("^b")', false],
    ['"Hi " + trigger.body.name', 'Hi Ann'],
  ])('[EXP10] %s', (source, expected) => {
    expect(resultOf(source)).toEqual(expected)
  })

  it('[EXP10] fails on a part outside the text', () => {
    for (const source of [
      '"abc".substring(4)',
      '"abc".substring(-1)',
      '"abc".substring(2, 1)',
      '"abc".substring(0, 4)',
    ]) {
      expect(failureOf(source).details).toMatchObject({ reason: 'range' })
    }
    expect(failureOf('"abc".substring(trigger.body.total)').details).toMatchObject({ reason: 'type' })
  })

  it('[EXP20] makes no text larger than a step may put out, and does not try', () => {
    const item = 'x'.repeat(2000)
    expect(failureOf('item.replace("x", item)', { item }).details).toMatchObject({ reason: 'too_large' })
    expect(failureOf('item.split("").join(item)', { item }).details).toMatchObject({ reason: 'too_large' })
    expect(failureOf('item.urlEncode()', { item: 'ä'.repeat(200_000) }).details).toMatchObject({ reason: 'too_large' })
  })
})

describe('lists', () => {
  it.each([
    ['trigger.body.tags.size()', 3],
    ['size(trigger.body.tags)', 3],
    ['size(item)', 1],
    ['item.size()', 1],
    ['trigger.body.tags.join(", ")', 'bug, ui, bug'],
    ['["a", "b"].join()', 'ab'],
    ['[].join("-")', ''],
    ['trigger.body.tags.first()', 'bug'],
    ['trigger.body.tags.last()', 'bug'],
    ['trigger.body.tags.sort()', ['bug', 'bug', 'ui']],
    ['[3, 1.5, 2].sort()', [1.5, 2, 3]],
    ['trigger.body.tags.distinct()', ['bug', 'ui']],
    ['[1, 1.0, "1"].distinct()', [1, '1']],
    ['trigger.body.lines.map(x, x.qty).sum()', 4],
    ['[].sum()', 0],
    ['[1, 2] + [3]', [1, 2, 3]],
  ])('[EXP11] %s', (source, expected) => {
    expect(resultOf(source)).toEqual(expected)
  })

  it.each([
    ['[].first()', 'the list is empty'],
    ['[1, "a"].sort()', 'a number and text cannot be sorted'],
    ['[null].sort()', 'null cannot be sorted'],
    ['["a", 1].join()', 'element 1 is a number'],
    ['["a"].sum()', '+ cannot be used between a number and text'],
  ])('[EXP11] says why %s cannot be', (source, message) => {
    expect(failureOf(source).message).toContain(message)
  })
})

describe('conversions', () => {
  it.each([
    ['string(trigger.body.count)', '7'],
    ['string(7)', '7'],
    ['string("a")', 'a'],
    ['string(true)', 'true'],
    ['string(timestamp(0))', '1970-01-01T00:00:00Z'],
    ['string(duration("1500ms"))', '1.5s'],
    ['string(9007199254740993)', '9007199254740993'],
    ['int("42") + int("-2") + int("+2")', 42],
    ['int(3)', 3],
    ['int(trigger.body.total)', 99],
    ['int(-1.9)', -1],
    ['int(timestamp("1970-01-01T00:01:00.900Z"))', 60],
    ['double("1.5e3")', 1500],
    ['double(".5") + double(1)', 1.5],
    ['bool("true") && bool(true) && !bool("false")', true],
    ['json(item)', '{"id":"i-1"}'],
    ['json([1, null])', '[1,null]'],
    ['parseJson("{\\"a\\": [1]}").a[0]', 1],
    ['round(2.5) + floor(2.5) + ceil(2.5)', 8],
    ['abs(-2)', 2],
    ['min(trigger.body.count, 3) + max(1, 2.5)', 5.5],
  ])('[EXP12] %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it.each([
    ['int("4.2")', '"4.2" is not a whole number'],
    ['int("9223372036854775808")', 'is not a whole number of 64 bits'],
    ['int(1e300)', 'is not a whole number of 64 bits'],
    ['double("0x10")', '"0x10" is not a number'],
    ['double("1e999")', 'is not a number'],
    ['double(trigger.body.title + trigger.body.title + trigger.body.title)', '…" is not a number'],
    ['bool("yes")', '"yes" is not true or false'],
    ['parseJson("{")', '"{" is not JSON'],
    ['timestamp("2026-02-30T00:00:00Z")', 'is not a timestamp'],
    ['timestamp("2026-02-03")', 'is not a timestamp'],
    ['timestamp("2026-02-03T24:00:00Z")', 'is not a timestamp'],
    ['timestamp("2026-02-03T00:60:00Z")', 'is not a timestamp'],
    ['timestamp("2026-02-03T00:00:60Z")', 'is not a timestamp'],
    ['timestamp("2026-13-03T00:00:00Z")', 'is not a timestamp'],
    ['timestamp("0000-01-01T00:00:00Z")', 'years 1 to 9999'],
    ['timestamp(253402300800)', 'years 1 to 9999'],
    ['duration("1 day")', 'is not a duration'],
    ['duration("")', 'is not a duration'],
    ['duration("999999999999999h")', 'at most 9,999 years'],
    ['timestamp(0).getHours("Europe/Zurich")', 'is not a fixed offset'],
  ])('[EXP12] says why %s cannot be', (source, message) => {
    const failure = failureOf(source)
    expect(failure.message).toContain(message)
    expect(failure.details).toMatchObject({ expression: source })
  })

  it('[EXP12] refuses a giant as a duration or a number without reading it', () => {
    expect(failureOf('duration(item)', { item: '1s'.repeat(100) }).details).toMatchObject({ reason: 'conversion' })
    expect(failureOf('double(item)', { item: '1'.repeat(500) }).details).toMatchObject({ reason: 'conversion' })
  })
})

describe('what there is to call', () => {
  it.each([
    ['now()', 'the same result when it is replayed'],
    ['uuid()', 'the same result when it is replayed'],
    ['"a".toLowerCase()', 'write lower()'],
    ['"a".lenght()', 'write size()'],
    ['"a".containz("b")', 'did you mean contains(…)?'],
    ['contains("a", "b")', 'it is written string.contains(string): boolean'],
    ['"a".matches("b")', 'write re(pattern)'],
    ['"a".frobnicate()', 'there are all, contains'],
    ['"a".constructor()', 'there are all, contains'],
    ['hasx(item.id)', 'did you mean has(…)?'],
  ])('[EXP14] says that there is no %s, and the mend', (source, mend) => {
    const problem = problemOf(source)
    expect(problem.code).toBe('unknown_function')
    expect(problem.mend).toContain(mend)
  })

  it.each([
    ['"a".contains(1)', 'contains(a number) cannot be called on text'],
    ['"a".contains()', 'contains() cannot be called on text'],
    ['[1].contains(1)', 'cannot be called on a list'],
    ['size(1)', 'size cannot be called with (a number)'],
    ['string(null)', 'string cannot be called with (null)'],
    ['size(item.?x)', 'a value that may be absent'],
  ])('[EXP17] finds before it runs that %s does not fit', (source, message) => {
    expect(problemOf(source)).toMatchObject({ code: 'expression_type' })
    expect(problemOf(source).message).toContain(message)
  })

  it.each([
    ['trigger.body.count.contains("a")', 'contains(text) cannot be called on a number'],
    ['"a".contains(trigger.body.count)', 'it is written string.contains(string): boolean'],
    ['string(trigger.body.tags)', 'write json(…)'],
    ['size(trigger.body.count)', 'it is written size(string): int or size(list): int or size(map): int'],
    ['size(true ? item.?x : item)', '.orValue(…)'],
    ['trigger.body.count.re("a")', 'turn it into text first'],
  ])('[EXP7] says why %s does not fit', (source, message) => {
    expect(failureOf(source).message).toContain(message)
  })

  it('[EXP15] takes only literal patterns that RE2 can read', () => {
    expect(problemOf('item.id.re(item.id)').code).toBe('not_supported')
    expect(problemOf('item.id.re("(a")').code).toBe('regex_invalid')
    expect(problemOf('item.id.re("(a)\\\\1")').code).toBe('regex_invalid')
    expect(problemOf('item.id.re("(?=a)")').code).toBe('regex_invalid')
    expect(problemOf('item.id.re("((a{100}){100}){100}")').code).toBe('regex_invalid')
  })

  it('[EXP14] lists every function for an editor', () => {
    expect(functionSignatures).toContain('string.contains(string): boolean')
    expect(functionSignatures).toContain('timestamp(string): timestamp')
    expect(new Set(functionSignatures).size).toBe(functionSignatures.length)
  })

  it('[EXP17] gives one kind of result for each function, so that the kind is known before', () => {
    const kinds = new Map<string, Set<string>>()
    for (const signature of functionSignatures) {
      const [, name = '', kind = ''] = /(\w+)\(.*\): (\w+)$/.exec(signature) ?? []
      const known = kinds.get(name) ?? new Set()
      kinds.set(name, known.add(kind))
    }
    expect([...kinds].filter(([, each]) => each.size > 1)).toEqual([])
  })

  it('[EXP31] changes nothing that it reads', () => {
    const before = structuredClone(scope)
    resultOf('trigger.body.lines.sortBy(x, x.sku) + trigger.body.tags.sort() + trigger.body.tags.distinct()')
    expect(scope).toEqual(before)
  })
})

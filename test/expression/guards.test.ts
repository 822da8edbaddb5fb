import { Environment, ParseError } from '@marcbachmann/cel-js'
import { describe, expect, it, vi } from 'vitest'

import { compileNode } from '../../runtime/expression/compile.ts'
import { compileExpression, compileTemplate } from '../../runtime/expression/index.ts'
import { limits } from '../../schemas/limits.ts'
import { compiled, failureOf, problemOf, resultOf } from './evaluate.ts'

describe('syntax', () => {
  it.each([
    ['item.id = 3', 'at character 9: did not expect `=`', 'to compare write =='],
    ['item.id & item', 'did not expect `&`', 'write &&'],
    ['item.id | item', 'did not expect `|`', 'write ||'],
    ['item.id and item', 'at character 9: did not expect `and`', 'write &&'],
    ['item.id or item', 'did not expect `or`', 'write ||'],
    ['item.id not item', 'did not expect `not`', 'write !'],
    ['$json.x', 'at character 1: did not expect `$', 'without $'],
    ['‘a’', 'did not expect `‘', 'straight quotes'],
    ['{{ item.id }}', 'expected `:`, found `}', 'correct it there'],
    ['item; item', 'did not expect `;`', 'without ;'],
    ['item.map(x => x)', 'did not expect `=', 'two arguments'],
    ['item.in', 'expected a name, found `in`', "['in']"],
    ['(item', 'at its end: expected `)`, found the end', 'finish the expression'],
    ['[item', 'expected `]`', 'finish the expression'],
    ['{"a": 1', 'expected `}`', 'finish the expression'],
    ['item ? 1', 'expected `:`', 'finish the expression'],
    ["'abc", 'has no closing quote', 'close it with the same quote'],
    ['"""abc', 'has no closing quotes', 'close it with the same quote'],
    ["'a\nb'", 'cannot span lines', 'correct it there'],
    ['for', 'this word is reserved', 'correct it there'],
    ['"\\q"', 'invalid escape sequence', 'correct it there'],
    ['1e+', 'invalid exponent', 'finish'],
    ['😀', 'did not expect `😀`', 'correct it there'],
  ])('[EXP18] says where %s cannot be read, and what to write', (source, message, mend) => {
    const problem = problemOf(source)
    expect(problem.code).toBe('expression_syntax')
    expect(problem.message).toContain(message)
    expect(problem.mend).toContain(mend)
  })

  it('[EXP18] refuses an empty expression', () => {
    expect(problemOf(' ').code).toBe('expression_empty')
  })

  it('[EXP23] refuses what is too long, too deep or too complex, and survives it', () => {
    expect(problemOf(`"${'x'.repeat(limits.expressionSourceBytes)}"`).code).toBe('expression_too_long')
    expect(problemOf(`"${'é€😀'.repeat(600)}"`).code).toBe('expression_too_long')
    for (const source of [
      '('.repeat(2000),
      '['.repeat(4000),
      `${'!'.repeat(4000)}true`,
      `${'-'.repeat(4000)}1`,
      `item${'.a'.repeat(51)}`,
      `1${'+1'.repeat(1500)}`,
    ]) {
      expect(problemOf(source).code).toBe('expression_too_complex')
    }
    expect(resultOf(`1${'+1'.repeat(990)}`)).toBe(991)
    expect(resultOf(`${'!'.repeat(1990)}true`)).toBe(true)
    expect(failureOf(`item.x == "${'y'.repeat(900)}"`).message.length).toBeLessThan(1200)
    expect(failureOf(`["${'y'.repeat(900)}"].nope`).message.length).toBeLessThan(1200)
  })

  it('[EXP16] refuses bytes, unsigned numbers and any node that is not on the list', () => {
    expect(problemOf("b'abc'").code).toBe('not_supported')
    expect(problemOf('1u').code).toBe('not_supported')
    const forged = { op: 'comprehension', args: [] } as unknown as Parameters<typeof compileNode>[0]
    const names = {
      roots: [],
      steps: undefined,
      elsewhere: new Map<string, string>(),
      locals: new Map(),
      compile: compileNode,
    }
    expect(() => compileNode(forged, names)).toThrow('`comprehension` is not supported')
    expect(() => compileNode({ ...forged, op: 'constructor' } as unknown as typeof forged, names)).toThrow(
      'not supported',
    )
  })

  it('[EXP18] explains a fault of which the parser does not say the place', () => {
    const parse = vi.spyOn(Environment.prototype, 'parse').mockImplementation(() => {
      throw new ParseError('Something new')
    })
    expect(problemOf('item').message).toBe('the expression cannot be read at character 1: something new')
    parse.mockRestore()
  })

  it('[EXP31] lets a fault of its own through', () => {
    expect(() => compileExpression(undefined as unknown as string, { roots: [] })).toThrow(TypeError)
    const broken = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new RangeError('broken scope')
        },
      },
    )
    expect(() => compiled('item').evaluate(broken)).toThrow('broken scope')
    const parse = vi.spyOn(Environment.prototype, 'parse').mockImplementation(() => {
      throw new RangeError('broken parser')
    })
    expect(() => compiled('item')).toThrow('broken parser')
    expect(() => compileTemplate('{{ item }}', { roots: [], secrets: false })).toThrow('broken parser')
    parse.mockRestore()
  })
})

describe('forbidden names', () => {
  const names = ['__proto__', 'constructor', 'prototype']
  const poisoned = JSON.parse(
    '{"__proto__": {"polluted": 1}, "constructor": {"x": 1}, "prototype": 2, "deep": [{"__proto__": 3}]}',
  ) as unknown

  it.each(names)('[EXP21] never reads %s, however it is named', (name) => {
    const scope = { item: poisoned, trigger: name }
    for (const source of [
      `item.${name}`,
      `item['${name}']`,
      `item.?${name}.orValue(1)`,
      `has(item.${name})`,
      `{'${name}': 1}`,
    ]) {
      const result = compileExpression(source, { roots: ['item'] })
      expect(result.ok ? result : result.problem.code).toBe('forbidden_name')
    }
    expect(failureOf('item[trigger]', scope).details).toMatchObject({ reason: 'missing' })
    expect(failureOf('item.deep[0][trigger]', scope).details).toMatchObject({ reason: 'missing' })
    expect(resultOf('item[?trigger].orValue("none")', scope)).toBe('none')
    expect(resultOf('has(item[trigger])', scope)).toBe(false)
    expect(resultOf('trigger in item', scope)).toBe(false)
    expect(failureOf('{trigger: 1}', scope).message).toContain('cannot be a key')
  })

  it('[EXP21] passes poisoned data through as data, and pollutes nothing', () => {
    const value = resultOf('[item, {"copy": item}]', { item: poisoned }) as unknown[]
    expect(JSON.stringify(value[0])).toBe(JSON.stringify(poisoned))
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(failureOf('{trigger: 1}', { trigger: 5 }).message).toContain('a key must be text')
  })

  it('[EXP21] reads no property that is not own data', () => {
    for (const name of ['toString', 'valueOf', 'hasOwnProperty', 'length', 'then', '__defineGetter__']) {
      expect(failureOf(`item.${name}`, { item: {} }).details).toMatchObject({ reason: 'missing' })
      expect(failureOf(`item.${name}`, { item: [] }).details).toMatchObject({ reason: 'missing' })
      expect(failureOf(`item.${name}`, { item: 'text' }).details).toMatchObject({ reason: 'missing' })
    }
  })

  it.each([
    '(function(){ return this })()',
    '{{ $jmespath({}, "constructor") }}',
    'this.constructor.constructor("return process")()',
    '[].constructor.constructor("return 1")()',
    '"".sub.constructor("return 1")()',
    '$eval("1")',
    '$function(){1}',
    'item.map.constructor("x")',
    '`process`',
    'new Date()',
    'item => item',
    '({}).__proto__.x',
    '__proto__',
    'constructor.constructor',
    'process.env',
    'globalThis',
    'import("fs")',
    '...item',
    'item?.id',
    'item ?? 1',
    'typeof item',
    'item++',
    'secrets.chat',
    'secrets["chat"]',
    'Object.assign({}, item)',
  ])('[EXP16] refuses the payload %s', (payload) => {
    expect(compileExpression(payload, { roots: ['item', 'trigger', 'steps'] }).ok).toBe(false)
  })
})

describe('the budget', () => {
  const item = Array.from({ length: 300 }, (_, index) => index)

  it('[EXP22] stops nested loops at the same step every time', () => {
    const source = 'item.map(a, item.map(b, item.map(c, a + b + c)))'
    const first = failureOf(source, { item })
    expect(first.code).toBe('expression_budget')
    expect(first.details).toMatchObject({ reason: 'budget', expression: source })
    expect(failureOf(source, { item })).toEqual(first)
  })

  it('[EXP22] allows exactly as many steps as the limit says', () => {
    const list = (length: number) => Array.from({ length }, () => 0)
    // One step for each element, and one for the addition.
    expect(resultOf('item.map(x, x + 1)', { item: list(limits.expressionSteps / 2) })).toHaveLength(
      limits.expressionSteps / 2,
    )
    expect(failureOf('item.map(x, x + 1)', { item: list(limits.expressionSteps / 2 + 1) }).code).toBe(
      'expression_budget',
    )
  })

  it.each([
    'item.exists(a, item.exists(b, item.exists(c, a + b + c < 0)))',
    'item.all(a, item.all(b, item.all(c, a + b + c >= 0)))',
    'item.exists(a, item.all(b, item.exists(c, c.nope == 1))) || true',
    'item.all(a, item.all(b, item.all(c, true))) && false',
    'item.filter(a, item.exists_one(b, item.filter(c, a == c).size() > b)).size() == 0',
    'item.sortBy(a, item.map(b, item.map(c, c)).size()).size() == 0',
  ])('[EXP22] lets nothing absorb it: %s', (source) => {
    expect(failureOf(source, { item }).code).toBe('expression_budget')
  })

  it.each([
    ['searching', 'item.list.exists(x, item.text.contains(item.part))'],
    ['searching near misses', 'item.list.exists(x, item.text.lastIndexOf(item.shortPart) == 0)'],
    ['counting pairs', 'item.list.exists(x, item.pairs.size() == 0)'],
    ['measuring pairs', 'item.list.exists(x, size(item.pairs) == 0)'],
    ['cutting pairs', 'item.list.exists(x, item.pairs.substring(1) == "")'],
    ['replacing', 'item.list.exists(x, item.text.replace("a", "b") == "")'],
    ['splitting', 'item.list.exists(x, item.text.split("a").size() < 0)'],
    ['lower case', 'item.list.exists(x, item.text.lowerAscii() == "")'],
    ['encoding', 'item.list.exists(x, item.text.urlEncode() == "")'],
    ['patterns', 'item.list.exists(x, item.text.re("(a+)+$b"))'],
    ['writing JSON', 'item.list.exists(x, json([item.text, item.text, item.text, item.text]) == "")'],
    ['reading JSON', 'item.list.exists(x, parseJson(item.array) == 1)'],
    ['comparing lists', 'item.list.exists(x, item.list == item.same && false)'],
    ['comparing objects', 'item.list.exists(x, item.keys == item.sameKeys && false)'],
    ['comparing texts', 'item.list.exists(x, item.text == item.sameText && false)'],
    ['ordering texts', 'item.list.exists(x, item.text < item.sameText)'],
    ['looking in lists', 'item.list.exists(x, "z" in item.list)'],
    ['joining lists', 'item.list.exists(x, (item.list + item.list).size() == 0)'],
    ['counting keys', 'item.list.exists(x, size(item.keys) + item.keys.size() == 0)'],
    ['looping over keys', 'item.list.exists(x, item.keys.exists(k, true) && false)'],
    ['sorting', 'item.list.exists(x, item.list.sort().size() == 0)'],
    ['distinct', 'item.list.distinct().size() == 0'],
    ['adding', 'item.list.exists(x, item.list.sum() == -1)'],
    ['joining texts', 'item.list.exists(x, (item.text + "x") == "")'],
    ['measuring', 'item.list.exists(x, size(item.text) == 0)'],
    ['failing', 'item.list.exists(x, item.keys.nope == 1)'],
  ])('[EXP22] charges by size for %s, so that it ends soon', (_, source) => {
    const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, key) => [`key${key}`, key]))
    const text = 'a'.repeat(250_000)
    const list = Array.from({ length: 20_000 }, (_, index) => index)
    const data = {
      list: [...list],
      same: [...list],
      keys,
      sameKeys: { ...keys },
      text,
      sameText: `${'a'.repeat(249_999)}a`,
      part: `b${'a'.repeat(100_000)}`,
      shortPart: `${'a'.repeat(200)}b`,
      pairs: '\u{1f600}'.repeat(4000),
      array: JSON.stringify(list),
    }
    const started = performance.now()
    const failure = failureOf(source, { item: data })
    expect(performance.now() - started).toBeLessThan(2000)
    expect(failure.code).toBe('expression_budget')
  })

  it('[EXP15] takes time in proportion to the text for a pattern that ruins others', () => {
    const item = `${'a'.repeat(5000)}!`
    const started = performance.now()
    expect(resultOf('item.re("^(a+)+$")', { item })).toBe(false)
    expect(resultOf('item.re("^(a|aa)+$")', { item })).toBe(false)
    expect(resultOf('item.re("(.*)(.*)(.*)(.*)(.*)[^!]$")', { item })).toBe(false)
    // Small as text, large as a program: it pays for its size, before it begins.
    expect(failureOf('item.re("(a|aa|aaa|aaaa|b?){1,30}$")', { item: item.repeat(20) }).code).toBe('expression_budget')
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

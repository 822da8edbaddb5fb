import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'

import { compileExpression, compileTemplate } from '../../runtime/expression/index.ts'

/** The library's own evaluator, which ours must agree with where both have an opinion. */
const reference = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
})
const roots = ['a', 'b', 'list', 'text']
const names = ['__proto__', 'constructor', 'prototype', 'toString', 'x', 'y']

const json = fc.jsonValue({ maxDepth: 4 })
const poisoned = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('map'),
  ),
  map: fc
    .array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 4 })
    .map(
      (entries) =>
        JSON.parse(
          `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
        ) as unknown,
    ),
})).value

const leaf = fc.constantFrom(
  '1',
  '2',
  '7',
  '0',
  '2.5',
  '"x"',
  '"yx"',
  'true',
  'false',
  'null',
  'a',
  'b',
  'a.x',
  'b.y',
  'list',
  'text',
  '[1, 2]',
  '{"x": 1}',
)
const source = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc
      .tuple(
        tie('node'),
        fc.constantFrom('+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', 'in', '&&', '||'),
        tie('node'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(tie('node'), tie('node'), tie('node'))
      .map(([test, then, otherwise]) => `(${test} ? ${then} : ${otherwise})`),
    fc
      .tuple(fc.constantFrom('map', 'filter', 'all', 'exists', 'exists_one'), tie('node'))
      .map(([loop, body]) => `list.${loop}(x, ${body})`),
    tie('node').map((node) => `!(${node})`),
    tie('node').map((node) => `-(${node})`),
    tie('node').map((node) => `[${node}][0]`),
    tie('node').map((node) => `size(${node})`),
    tie('node').map((node) => `string(${node})`),
    fc.tuple(tie('node'), fc.constantFrom(...names)).map(([node, name]) => `(${node})["${name}"]`),
    fc
      .tuple(fc.constantFrom('contains', 'startsWith', 'endsWith', 'split', 'indexOf'), tie('node'))
      .map(([method, node]) => `text.${method}(${node})`),
    tie('node').map((node) => `a.?x.orValue(${node})`),
  ),
})).node

const scopes = fc.record({
  a: fc.oneof(json, poisoned),
  b: json,
  list: fc.array(json, { maxLength: 5 }),
  text: fc.string(),
})

const evaluated = (text: string, scope: Record<string, unknown>) => {
  const compiled = compileExpression(text, { roots })
  return compiled.ok ? compiled.expression.evaluate(scope) : undefined
}

describe('for any expression and any data', () => {
  const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype]
  const before = prototypes.map((prototype) => Reflect.ownKeys(prototype))
  afterAll(() => {
    expect(prototypes.map((prototype) => Reflect.ownKeys(prototype))).toEqual(before)
  })

  it('[EXP31] gives the same twice, changes nothing, and [EXP20] only JSON', () => {
    fc.assert(
      fc.property(source, scopes, (text, scope) => {
        const copy = structuredClone(scope)
        const evaluation = evaluated(text, scope)
        if (evaluation === undefined) return
        expect(evaluated(text, copy)).toEqual(evaluation)
        expect(scope).toEqual(copy)
        if (evaluation.ok) expect(JSON.parse(JSON.stringify(evaluation.value))).toEqual(evaluation.value)
        else expect(['expression_failed', 'expression_budget']).toContain(evaluation.failure.code)
      }),
      { numRuns: 3000 },
    )
  })

  it('[EXP31] never throws, whatever is written', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom(...'abx.?[](){}"\'!&|+-*/%<>=,:0123 \n\\'), { maxLength: 40 })
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(noise, scopes, (text, scope) => {
        evaluated(text, scope)
        const template = compileTemplate([text, `{{${text}}}`, `x{{${text}`], { roots, secrets: true })
        if (template.ok) template.template.evaluate(scope)
      }),
      { numRuns: 3000 },
    )
  })

  it('[EXP21] never gives what stands under a forbidden name', () => {
    const marker = 'MARKER'
    const hidden = fc.constantFrom('__proto__', 'constructor', 'prototype')
    fc.assert(
      fc.property(
        hidden,
        hidden,
        fc.constantFrom(
          'a[b]',
          'a[b][text]',
          'a[?b].orValue(0)',
          'has(a[b])',
          'list.map(k, a[k])',
          'a.map(k, a[k])',
          '[a].map(v, v[b])',
        ),
        (outer, inner, text) => {
          const scope = {
            a: JSON.parse(`{"${outer}": {"${inner}": "${marker}"}}`) as unknown,
            b: outer,
            text: inner,
            list: [outer],
          }
          const evaluation = evaluated(text, scope)
          expect(JSON.stringify(evaluation?.ok === true ? evaluation.value : null)).not.toContain(marker)
        },
      ),
    )
  })

  it('[EXP22] stops the same loops at the same step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (outer, inner) => {
        const list = Array.from({ length: outer * 20 }, (_, index) => index)
        const text = `list.exists(i, [${Array.from({ length: inner }, (_, index) => index).join(',')}].all(j, i + j >= 0) && i < 0)`
        expect(evaluated(text, { list })).toEqual(evaluated(text, { list: [...list] }))
      }),
      { numRuns: 50 },
    )
  })

  it('[EXP33] agrees with the reference evaluator wherever that gives a value', () => {
    let compared = 0
    fc.assert(
      fc.property(
        source,
        fc.record({
          a: fc.record({ x: fc.integer() }),
          b: fc.record({ y: fc.string() }),
          list: fc.array(fc.integer(), { maxLength: 4 }),
          text: fc.string(),
        }),
        (text, scope) => {
          const expected = referenceValue(text, scope)
          if (expected === undefined) return
          const evaluation = evaluated(text, scope)
          // Ours finds some errors of kind before it evaluates, which the reference only meets, or absorbs.
          if (evaluation === undefined || (!evaluation.ok && isKnownDifference(evaluation.failure.details))) return
          compared += 1
          expect(evaluation, text).toMatchObject({ ok: true, value: expected })
        },
      ),
      { numRuns: 5000, seed: 20260203 },
    )
    expect(compared).toBeGreaterThan(500)
  })
})

/** The reference's value as JSON; undefined when it fails or has none. */
function referenceValue(text: string, scope: Record<string, unknown>): unknown {
  try {
    const value: unknown = reference.evaluate(text, scope)
    const plain: unknown = JSON.parse(
      JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)),
    )
    return plain
  } catch {
    return undefined
  }
}

/** The reference divides doubles by zero and goes on with Infinity, for which JSON has no number. */
const isKnownDifference = (details: unknown) => {
  const { reason } = details as { reason: string }
  return reason === 'division_by_zero' || reason === 'range'
}

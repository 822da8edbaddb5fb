import { describe, expect, it } from 'vitest'
import { Graph } from '../../schemas/graph.ts'
import { readInput } from '../../studio/model/read-input.ts'
import { suggestedInput } from '../../studio/model/suggested-input.ts'

const withSchema = (input?: Record<string, unknown>): Graph =>
  Graph.parse({
    name: 'Order',
    nodes: [{ id: 'start', kind: 'manual', config: input === undefined ? {} : { input } }],
    edges: [],
  })

describe('suggested input', () => {
  it('is that of the sample the workflow comes from', () => {
    const graph = withSchema()
    expect(
      suggestedInput(graph, [
        { graph: { ...graph, name: 'Other' }, input: 1 },
        { graph, input: { total: 3 } },
      ]),
    ).toEqual({ total: 3 })
  })

  it('is built from the schema of the manual start', () => {
    const schema = {
      type: 'object',
      properties: {
        email: { type: 'string', examples: ['ana@example.com'] },
        amount: { type: 'integer', minimum: 5 },
        rate: { type: 'number' },
        kind: { enum: ['new', 'old'] },
        express: { type: ['null', 'boolean'] },
        lines: { type: 'array', items: { type: 'object', properties: { sku: { default: 'A-1' } } } },
        tags: { type: 'array' },
        note: { type: 'string' },
        fixed: { const: 7 },
        anything: {},
      },
    }
    expect(suggestedInput(withSchema(schema), [])).toEqual({
      email: 'ana@example.com',
      amount: 5,
      rate: 0,
      kind: 'new',
      express: false,
      lines: [{ sku: 'A-1' }],
      tags: [],
      note: '',
      fixed: 7,
      anything: null,
    })
  })

  it('ends for a schema of any depth', () => {
    let schema: Record<string, unknown> = { type: 'string' }
    for (let depth = 0; depth < 40; depth += 1) schema = { properties: { inner: schema } }
    expect(JSON.stringify(suggestedInput(withSchema(schema), []))).toContain('null')
  })

  it('is an empty object where nothing is known', () => {
    expect(suggestedInput(withSchema(), [])).toEqual({})
    expect(suggestedInput(withSchema({ properties: 'broken' }), [])).toBeNull()
  })
})

describe('typed input', () => {
  it('is JSON, and nothing typed is an empty object', () => {
    expect(readInput(' ')).toEqual({ ok: true, value: {} })
    expect(readInput('{"a":[1]}')).toEqual({ ok: true, value: { a: [1] } })
    expect(readInput('{a:1}')).toMatchObject({ ok: false, message: expect.stringContaining('not JSON yet') })
  })
})

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'

import { Draft } from '../../schemas/api/workflows.ts'
import { limits } from '../../schemas/limits.ts'
import { greeting, openBuilder } from './builder-kit.ts'
import { MemoryRuntime } from './memory-runtime.ts'
import { emptyDatabase } from './test-database.ts'

const drafts = '/api/actions/drafts'

describe('drafts', () => {
  let builder: ReturnType<typeof openBuilder>
  beforeEach(async () => {
    builder = openBuilder(await emptyDatabase(), new MemoryRuntime())
  })
  const created = async (name = 'Greeting') =>
    Draft.parse(await (await builder.send('POST', drafts, { ...greeting, name })).json())

  it('[DRF1] makes a draft with revision 1, its ETag and its address', async () => {
    const answer = await builder.send('POST', drafts, greeting)
    const draft = Draft.parse(await answer.json())
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(answer.headers.get('location')).toBe(`${drafts}/${draft.id}`)
    expect(draft).toMatchObject({ ...greeting, revision: 1 })
    expect(await (await builder.send('GET', `${drafts}/${draft.id}`)).json()).toEqual(draft)
  })

  it('[DRF2] saves over the revision that was read, and counts', async () => {
    const { id } = await created()
    const answer = await builder.send('PUT', `${drafts}/${id}`, { name: 'Second' }, { 'if-match': '"1"' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('etag')).toBe('"2"')
    expect(await answer.json()).toMatchObject({ id, name: 'Second', nodes: [], edges: [], revision: 2 })
  })

  it('[DRF3] refuses a stale save and answers with what is there', async () => {
    const { id } = await created()
    await builder.send('PUT', `${drafts}/${id}`, { name: 'Theirs' }, { 'if-match': '"1"' })
    for (const method of ['PUT', 'PATCH']) {
      const answer = await builder.send(method, `${drafts}/${id}`, { name: 'Mine' }, { 'if-match': '"1"' })
      expect(answer.status).toBe(409)
      expect(await answer.json()).toMatchObject({
        code: 'revision_stale',
        revision: 2,
        current: { name: 'Theirs', revision: 2 },
      })
    }
  })

  it('[DRF4] lets one of two saves at once win', async () => {
    const { id } = await created()
    const saves = ['One', 'Two', 'Three', 'Four'].map((name) =>
      builder.send('PUT', `${drafts}/${id}`, { name }, { 'if-match': '"1"' }),
    )
    const statuses = (await Promise.all(saves)).map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 409, 409, 409])
    expect(await (await builder.send('GET', `${drafts}/${id}`)).json()).toMatchObject({ revision: 2 })
  })

  it('[DRF5] asks for the revision when a save names none', async () => {
    const { id } = await created()
    const answer = await builder.send('PUT', `${drafts}/${id}`, { name: 'Blind' })
    expect(answer.status).toBe(428)
    expect(await answer.json()).toMatchObject({ code: 'revision_required' })
  })

  it('[DRF6] changes only the fields that are sent', async () => {
    const { id } = await created()
    const answer = await builder.send('PATCH', `${drafts}/${id}`, { edges: [] }, { 'if-match': 'W/"1"' })
    expect(await answer.json()).toMatchObject({ name: 'Greeting', nodes: greeting.nodes, edges: [], revision: 2 })
  })

  it('[DRF7] refuses fields it does not know, each by its place', async () => {
    const nodes = [{ id: 'start', kind: 'manual', colour: 'red' }]
    const answer = await builder.send('POST', drafts, { name: 'Odd', nodes, extra: true })
    expect(answer.status).toBe(400)
    const problem = await answer.json<{ code: string; issues: { path: string; message: string }[] }>()
    expect(problem.code).toBe('invalid_request')
    expect(problem.issues.map(({ path }) => path).sort()).toEqual(['', 'nodes[0]'])
    expect(problem.issues.map(({ message }) => message).join()).toMatch(/extra.*colour|colour.*extra/)
  })

  it('[DRF8] pages through every draft once, whatever is made meanwhile', async () => {
    const made = [await created('a'), await created('b'), await created('c'), await created('d'), await created('e')]
    const seen: string[] = []
    let cursor = ''
    do {
      const answer = await builder.send('GET', `${drafts}?limit=2${cursor}`)
      const page = await answer.json<{ items: { id: string }[]; next?: string }>()
      seen.push(...page.items.map(({ id }) => id))
      await created('meanwhile')
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    expect(seen).toEqual(made.map(({ id }) => id).reverse())
  })

  it('[DRF9] deletes, and then knows nothing of it', async () => {
    const { id } = await created()
    expect((await builder.send('DELETE', `${drafts}/${id}`, undefined, { 'if-match': '"7"' })).status).toBe(409)
    expect((await builder.send('DELETE', `${drafts}/${id}`)).status).toBe(204)
    expect((await builder.send('GET', `${drafts}/${id}`)).status).toBe(404)
    expect((await builder.send('DELETE', `${drafts}/${id}`)).status).toBe(404)
  })

  it('[DRF10] deletes many and answers for each; a published one stays', async () => {
    const [plain, published] = [await created('plain'), await created('published')]
    expect((await builder.send('POST', `${drafts}/${published.id}/publish`)).status).toBe(200)
    const answer = await builder.send('POST', `${drafts}/bulk-delete`, { ids: [plain.id, published.id, 'nobody'] })
    expect(await answer.json()).toEqual({
      deleted: [plain.id],
      kept: [
        { id: published.id, code: 'draft_published' },
        { id: 'nobody', code: 'not_found' },
      ],
    })
    expect((await builder.send('DELETE', `${drafts}/${published.id}`)).status).toBe(409)
  })

  it('[DRF11] takes a page size only within its bounds', async () => {
    for (const query of [
      'limit=0',
      `limit=${limits.listPage + 1}`,
      'limit=two',
      'limit=0x2',
      'limit=1&limit=2',
      'cursor=%7B',
      'sort=name',
    ]) {
      expect((await builder.send('GET', `${drafts}?${query}`)).status, query).toBe(400)
    }
  })
  it('[DRF12] keeps every text as it was written', async () => {
    const text = fc.string({
      unit: fc.constantFrom('\u0000', '\u202e', '\ufeff', '💥', 'é', '"', '\\', "'", '%', 'a'),
      minLength: 1,
      maxLength: 20,
    })
    // Fields that would reach a prototype are refused (BAD7).
    const json = fc
      .jsonValue({ maxDepth: 3, stringUnit: 'binary' })
      .filter((value) => !JSON.stringify(value).includes('"__proto__":'))
    await fc.assert(
      fc.asyncProperty(text, json, async (name, value) => {
        const nodes = [{ id: 'a', kind: 'log', config: { value } }]
        const draft = Draft.parse(await (await builder.send('POST', drafts, { name, nodes })).json())
        expect(draft).toMatchObject({ name, nodes: JSON.parse(JSON.stringify(nodes)) })
        expect(await (await builder.send('GET', `${drafts}/${draft.id}`)).json()).toEqual(draft)
        const list = await (await builder.send('GET', `${drafts}?limit=1`)).json()
        expect(list).toMatchObject({ items: [{ id: draft.id, name }] })
      }),
      { numRuns: 50 },
    )
  })
})

import { describe, expect, it } from 'vitest'
import { newestCopy } from '../../studio/model/sample-copy.ts'

const sample = { graph: { name: 'Hello form' } }
const copy = (id: string, publishedAt: number, name = 'Hello form') => ({
  id,
  name,
  published: { version: 1, contentHash: 'hash', publishedAt },
})

describe("a sample's copy", () => {
  it('is the workflow of its name that was published last', () => {
    expect(newestCopy(sample, [copy('first', 1), copy('last', 3), copy('second', 2)])?.id).toBe('last')
    expect(newestCopy(sample, [copy('other', 9, 'Order triage'), copy('first', 1)])?.id).toBe('first')
  })

  it('is nothing while only drafts or other workflows are there', () => {
    expect(newestCopy(sample, [])).toBeNull()
    const draft = { id: 'draft', name: 'Hello form', published: undefined }
    expect(newestCopy(sample, [draft, copy('other', 1, 'Order triage')])).toBeNull()
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import type { PublishAnswer } from '../../../schemas/api/workflows.ts'
import { Studio } from './studio.ts'

describe('the list of executions in the studio', () => {
  const studio = Studio.visited()
  let hello: string
  let fails: string
  beforeAll(async () => {
    hello = (await studio.client.ask<PublishAnswer>('POST', '/api/samples/hello_form')).workflowId
    fails = (await studio.client.ask<PublishAnswer>('POST', '/api/samples/when_it_fails')).workflowId
    await greet(40)
    await studio.client.execute(fails, { bill: -7, people: 2 }, 5_000)
  })
  const greet = async (count: number) => {
    for (let n = 0; n < count; n++) await studio.client.execute(hello, { name: 'Ada' }, 5_000)
  }
  const rows = () => studio.visitor.page.locator('.executions tbody tr')
  const filter = (label: string) => studio.visitor.page.getByRole('combobox', { name: new RegExp(`^${label}`) })
  const idsShown = () =>
    studio.visitor.page
      .locator('.executions .row-link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('title')))

  it('[STU9] grows by itself when executions are started elsewhere', async () => {
    await studio.visitor.open('/executions')
    await rows().first().waitFor()
    const before = await idsShown()
    const { executionId } = await studio.client.execute(hello, { name: 'Grace' }, 5_000)
    await expect.poll(async () => (await idsShown())[0], { timeout: 6_000 }).toBe(executionId)
    expect((await idsShown()).slice(1, before.length)).toEqual(before.slice(0, before.length - 1))
    await expect.poll(() => rows().first().textContent()).toContain('Succeeded')
  })

  it('[STU26] moves nothing under the eyes of someone who reads further down, and offers what is new', async () => {
    const { page } = studio.visitor
    await studio.visitor.open('/executions')
    await rows().nth(30).waitFor()
    await rows().nth(30).scrollIntoViewIfNeeded()
    await page.mouse.wheel(0, 400)
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(200)
    const place = async () => ({ id: (await idsShown())[25], top: (await rows().nth(25).boundingBox())?.y })
    const before = await place()
    await greet(4)
    const pill = studio.visitor.button('4 new')
    await pill.waitFor()
    expect(await place()).toEqual(before)

    await pill.click()
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(0)
    expect((await idsShown())[29]).toBe(before.id)
  })

  it('[STU10] keeps its filters in the address, through a reload', async () => {
    const { page } = studio.visitor
    await studio.visitor.open('/executions')
    await filter('Status').selectOption('Failed')
    await filter('Workflow').selectOption('When it fails')
    await filter('Started').selectOption('Last 24 hours')
    await expect.poll(() => rows().count()).toBe(1)
    expect(await rows().first().textContent()).toContain('a bill of -7 cannot be shared')
    expect(new URL(page.url()).searchParams.get('workflow')).toBe(fails)
    expect(studio.visitor.path).toContain('status=failed')
    expect(studio.visitor.path).toContain('since=24h')

    await page.reload()
    await rows().first().waitFor()
    expect(await rows().count()).toBe(1)
    expect(await filter('Status').inputValue()).toBe('failed')
    await filter('Status').selectOption('Quarantined')
    await page.getByRole('heading', { name: 'No execution matches' }).waitFor()
    await studio.visitor.button('Clear the filters').click()
    await expect.poll(() => rows().count()).toBeGreaterThan(40)
    expect(studio.visitor.path).toBe('/executions')
  })

  it('[STU43] shows on wish what waits for one kind of thing, and lets go of a status in which nothing waits', async () => {
    const { page } = studio.visitor
    const { workflowId } = await studio.client.ask<PublishAnswer>('POST', '/api/samples/approval_with_reminder')
    const { executionId } = await studio.client.execute(workflowId, { who: 'Ada', amount: 120, why: 'a keyboard' })
    await studio.visitor.open('/executions?status=failed')
    await filter('Waits for').selectOption('An approval')
    await expect.poll(idsShown).toEqual([executionId])
    expect(studio.visitor.path).toBe('/executions?waitsFor=approval')
    expect(await filter('Status').inputValue()).toBe('')
    expect(await studio.visitor.barriers()).toEqual([])
    await filter('Waits for').selectOption('A call')
    await page.getByRole('heading', { name: 'No execution matches' }).waitFor()
  })
})

import { describe, expect, it } from 'vitest'
import type { PublishAnswer } from '../../../schemas/api/workflows.ts'
import { Studio } from './studio.ts'
import type { Visitor } from './visitor.ts'

const failed = { bill: -7, people: 2 }

describe('executions in the studio', () => {
  const studio = Studio.visited()
  const publish = (sample: string) => studio.client.ask<PublishAnswer>('POST', `/api/samples/${sample}`)
  const status = () => studio.visitor.page.locator('.execution-title > .status')

  it('[STU4] publishes a sample from its card, starts it with an input and shows it finish without a reload', async () => {
    const { page } = studio.visitor
    await studio.visitor.button('Publish Fan out and join').click()
    await page.getByRole('heading', { name: 'Fan out and join', level: 1 }).waitFor()
    await page.getByLabel('Input, as JSON').fill('{"prices": [3')
    await expect.poll(() => studio.visitor.button(/^Start/).isDisabled()).toBe(true)
    await page.getByLabel('Input, as JSON').fill('{"prices": [30, 4]}')
    await page.evaluate(() => document.body.setAttribute('data-same-page', ''))
    await studio.visitor.button(/^Start/).click()

    await page.getByRole('region', { name: 'Graph of Fan out and join' }).waitFor()
    await expect.poll(() => status().textContent()).toBe('Waiting')
    await expect.poll(() => studio.visitor.step('The slow branch').textContent()).toContain('Waiting')
    expect(await studio.visitor.step('Dear ones').textContent()).toContain('Succeeded')
    expect(await studio.visitor.step('Together').textContent()).toContain('Not reached')
    // The dashed rest of the wait, and the bar that grows into it.
    const bar = page.locator('.bar-waiting')
    const width = async () => (await bar.boundingBox())?.width ?? 0
    const before = await width()
    await expect.poll(width).toBeGreaterThan(before + 20)

    await expect.poll(() => status().textContent(), { timeout: 8_000 }).toBe('Succeeded')
    for (const label of ['The slow branch', 'Raise', 'Together', 'Reply'])
      expect(await studio.visitor.step(label).textContent()).toContain('Succeeded')
    expect(await page.locator('.bar-ahead').count()).toBe(0)
    await page.getByRole('tab', { name: 'Events' }).click()
    await page.getByRole('option', { name: 'The execution succeeded.' }).waitFor()
    await page.getByRole('tab', { name: 'Data' }).click()
    expect(await page.locator('.data').textContent()).toContain('60')
    expect(await page.locator('body[data-same-page]').count()).toBe(1)
  })

  it('[STU5] offers to open a sample that is published, and another copy only after that', async () => {
    const { page } = studio.visitor
    const { workflowId } = await publish('hello_form')
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Hello form' }) })
    await card.getByRole('link', { name: 'Open Hello form' }).click()
    await page.getByRole('heading', { name: 'Hello form', level: 1 }).waitFor()
    expect(studio.visitor.path).toBe(`/workflows/${workflowId}`)

    await studio.visitor.open('/')
    await card.getByRole('button', { name: 'Publish another copy of Hello form' }).click()
    await page.getByRole('heading', { name: 'Hello form', level: 1 }).waitFor()
    expect(studio.visitor.path).toMatch(/^\/workflows\//)
    expect(studio.visitor.path).not.toBe(`/workflows/${workflowId}`)
  })

  it('[STU6] is used by keyboard alone: from the list to a step of an execution', async () => {
    const { page } = studio.visitor
    const { workflowId } = await publish('when_it_fails')
    await studio.visitor.open('/')
    await page.getByRole('table').getByRole('link', { name: 'When it fails' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => studio.visitor.path).toBe(`/workflows/${workflowId}`)
    await tabTo(studio.visitor, 'Input, as JSON')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('{"bill": 90, "people": 3}')
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => status().textContent()).toBe('Succeeded')

    await page.locator('.react-flow__node').first().focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: /^Step / })
    await panel.waitFor()
    await expect.poll(() => studio.visitor.path).toContain('step=')
    await page.keyboard.press('Escape')
    await expect.poll(() => panel.count()).toBe(0)

    await page.getByRole('tab', { name: 'Timeline' }).focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => studio.visitor.path).toContain('view=events')
    await page.getByRole('listbox', { name: /^Events/ }).focus()
    await page.keyboard.press('ArrowUp')
    await page.getByRole('button', { name: /Past/ }).waitFor()
  })

  it('[STU7] says what a waiting execution waits for, and what cancelling it means before it does', async () => {
    const { page } = studio.visitor
    const { workflowId } = await publish('wait_a_moment')
    const { executionId } = await studio.client.execute(workflowId, { seconds: 600 })
    await studio.visitor.open(`/executions/${executionId}`)
    const waits = page.locator('.waits')
    await waits.waitFor()
    const until = (await studio.client.execution(executionId)).waiting?.[0]?.until ?? 0
    expect(await waits.textContent()).toMatch(/Waits at A moment, another (10 min|9 min \d+ s), until /)
    expect(await waits.locator('time').getAttribute('datetime')).toBe(new Date(until).toISOString())

    await studio.visitor.button('Cancel').click()
    const dialog = page.getByRole('dialog', { name: 'Cancel this execution?' })
    expect(await dialog.textContent()).toContain('Under way: A moment.')
    expect(await dialog.textContent()).toContain('what was done is not undone')
    expect(await studio.visitor.barriers()).toEqual([])
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.count()).toBe(0)
    expect((await studio.client.execution(executionId)).status).toBe('waiting')

    await studio.visitor.button('Cancel').click()
    await studio.visitor.button('Cancel the execution').click()
    await expect.poll(() => status().textContent()).toBe('Cancelled')
    expect((await studio.client.execution(executionId)).status).toBe('cancelled')
    expect(await studio.visitor.step('A moment').textContent()).toContain('Cancelled')
    expect(await studio.visitor.button('Cancel').count()).toBe(0)
  })

  it('[STU8] shows why an execution failed, and leads to the step that failed it', async () => {
    const { page } = studio.visitor
    const { workflowId } = await publish('when_it_fails')
    const { executionId } = await studio.client.execute(workflowId, failed, 5_000)
    await studio.visitor.open(`/executions/${executionId}`)
    const card = page.locator('.execution-head .failure')
    expect(await card.textContent()).toContain('Refuse it: a bill of -7 cannot be shared')
    expect(await card.textContent()).toContain('negative_bill')
    await studio.visitor.button(/^Show the step/).click()
    await page.getByRole('complementary', { name: 'Step Refuse it' }).waitFor()
    expect(studio.visitor.path).toContain('step=refuse')
  })
})

/** Presses Tab until the part with this label has the focus, as a person without a mouse does. */
async function tabTo(visitor: Visitor, label: string): Promise<void> {
  const wanted = visitor.page.getByLabel(label)
  await wanted.waitFor()
  for (let presses = 0; presses < 60; presses++) {
    await visitor.page.keyboard.press('Tab')
    if (await wanted.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`"${label}" cannot be reached by the Tab key`)
}

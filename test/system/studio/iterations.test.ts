import { describe, expect, it } from 'vitest'
import { Studio } from './studio.ts'

/** A long log is read page by page. */
const soon = { timeout: 15_000 }

/** Orders with lines: an order whose total is no number fails, and the others go on. */
const orders = {
  name: 'Orders and lines',
  nodes: [
    { id: 'start', kind: 'manual' },
    {
      id: 'each_order',
      kind: 'each',
      name: 'Each order',
      config: { items: 'trigger.body.orders', onItemError: 'continue' },
    },
    {
      id: 'price',
      kind: 'transform',
      name: 'Price',
      parent: 'each_order',
      config: { fields: { total: '{{ item.total * 2.0 }}' } },
    },
    { id: 'each_line', kind: 'each', name: 'Each line', parent: 'each_order', config: { items: 'item.lines' } },
    { id: 'pack', kind: 'transform', name: 'Pack', parent: 'each_line', config: { fields: { line: '{{ item }}' } } },
    { id: 'done', kind: 'log', name: 'Done', config: { message: 'done' } },
  ],
  edges: [
    { from: 'start', to: 'each_order' },
    { from: 'each_order', port: 'body', to: 'price' },
    { from: 'price', to: 'each_line' },
    { from: 'each_line', port: 'body', to: 'pack' },
    { from: 'each_order', to: 'done' },
  ],
}

describe('iterations in the studio', () => {
  const studio = Studio.visited()
  const run = async (count: number, isBad: (index: number) => boolean) => {
    const { workflowId } = await studio.client.publish(orders)
    const input = {
      orders: Array.from({ length: count }, (_, index) => ({
        total: isBad(index) ? 'much' : index + 0.5,
        lines: [`a${index}`, `b${index}`],
      })),
    }
    return (await studio.client.execute(workflowId, input, 30_000)).executionId
  }
  /** What a step shows on the canvas. */
  const shown = (label: string) =>
    studio.visitor.page.locator('.react-flow__node-step').filter({ hasText: label }).locator('.status').textContent()
  const picker = (label: string) => studio.visitor.page.locator('.frame-node').filter({ hasText: label }).first()

  it('[STU35] shows the first failure, any other iteration on wish, and the same again by its address', async () => {
    const { page } = studio.visitor
    await studio.visitor.open(`/executions/${await run(10, (index) => index === 3 || index === 7)}`)
    await picker('Each order').getByText('10 of 10 done · 2 failed').waitFor()
    expect(await shown('Price')).toBe('Failed')
    expect(await shown('Pack')).toBe('Cancelled')

    await page.locator('.react-flow__node').getByRole('button', { name: 'Next failure in Each order' }).click()
    await expect.poll(() => studio.visitor.path).toContain('each_order%5B7%5D')
    await page.locator('.react-flow__node').getByRole('textbox', { name: 'Iteration of Each order' }).fill('4')
    await page.keyboard.press('Enter')
    await expect.poll(() => shown('Price')).toBe('Succeeded')
    await expect.poll(() => shown('Pack')).toBe('Succeeded')

    await studio.visitor.step('Pack').last().click()
    const panel = page.getByRole('complementary', { name: 'Step Pack [4][1]' })
    await panel.waitFor()
    expect(await panel.textContent()).toContain('b4')
    await page.locator('.timeline').getByRole('button', { name: 'Iteration before, of Each line' }).click()
    await page.getByRole('complementary', { name: 'Step Pack [4][0]' }).waitFor()
    expect(new URL(page.url()).searchParams.get('step')).toBe('pack@each_order[4]/each_line[0]')
    await page.reload()
    await page.getByRole('complementary', { name: 'Step Pack [4][0]' }).waitFor()
    expect(await shown('Price')).toBe('Succeeded')
    expect(await studio.visitor.barriers()).toEqual([])
  })

  it('[STU36] lists iterations a page at a time, and leads from the container to any of them', async () => {
    const { page } = studio.visitor
    const id = await run(300, (index) => index % 50 === 49)
    await studio.visitor.open(`/executions/${id}?step=each_order`)
    const list = page.getByRole('region', { name: 'Iterations' })
    await list.getByText('300 of 300 done · 6 failed').waitFor()
    await list.getByText('Page 3 of 15').waitFor()
    expect(await list.getByRole('listitem').count()).toBe(20)
    await list.getByRole('button', { name: 'Later' }).click()
    await list.getByRole('button', { name: /^61 Succeeded/ }).click()
    await expect.poll(() => studio.visitor.path).toContain('each_order%5B61%5D')
    await list.getByLabel('Only those that failed').check()
    expect(await list.getByRole('listitem').count()).toBe(6)
    expect(await page.locator('.timeline-row').count()).toBeLessThan(12)
  })

  it('[STU40] leads from a place in the strip of all iterations to the one there that most needs a person', async () => {
    const { page } = studio.visitor
    await studio.visitor.open(`/executions/${await run(300, (index) => index === 149)}?step=each_order`)
    const strip = page.getByRole('region', { name: 'Iterations' }).getByRole('img')
    await expect.poll(() => strip.getAttribute('aria-label'), soon).toBe('300 of 300 done · 1 failed')
    expect(await strip.locator('rect').count()).toBe(100)
    const { width = 0, height = 0 } = (await strip.boundingBox()) ?? {}
    await strip.click({ position: { x: width * 0.905, y: height / 2 } })
    await expect.poll(() => studio.visitor.path).toContain('each_order%5B270%5D')
    expect(await strip.locator('title').textContent()).toBe('Iterations 270 to 272: succeeded')
    await strip.click({ position: { x: width * 0.499, y: height / 2 } })
    await expect.poll(() => studio.visitor.path).toContain('each_order%5B149%5D')
    await expect.poll(() => shown('Price')).toBe('Failed')
  })

  it('[STU37] is usable at the width of a phone, in the light and in the dark', async () => {
    const id = await run(5, (index) => index === 2)
    for (const theme of ['light', 'dark'] as const) {
      const small = await studio.signedIn({ theme, width: 390, height: 844 })
      await small.open(`/executions/${id}?step=each_order`)
      await small.page.getByRole('region', { name: 'Iterations' }).waitFor()
      expect(await small.barriers()).toEqual([])
      const width = await small.page.evaluate(() => document.documentElement.scrollWidth)
      expect(width).toBeLessThanOrEqual(390)
      await small.leave()
    }
  })

  it('[STU38] opens an execution of 30,000 events, and moves in it from frame to frame', async () => {
    const { page } = studio.visitor
    const id = await run(3_000, (index) => index === 1_234)
    const whole = (await studio.client.execution(id)).position
    expect(whole).toBeGreaterThan(30_000)
    await studio.visitor.open(`/executions/${id}`)
    await page.getByText(`Event ${whole} of ${whole}`).waitFor({ timeout: 30_000 })
    await picker('Each order').getByText('3000 of 3000 done · 1 failed').waitFor()
    expect(await shown('Price')).toBe('Failed')
    expect(await page.locator('.timeline-row').count()).toBeLessThan(12)
    await studio.visitor.step('Done').last().focus()
    const before = await page.evaluate(() => performance.now())
    for (let presses = 0; presses < 20; presses += 1) await page.keyboard.press('PageUp')
    await expect.poll(() => page.locator('.scrubber-words').textContent()).toContain('Event 1 of')
    // Twenty jumps through the log, each drawn: they may take a person's patience for one.
    expect((await page.evaluate(() => performance.now())) - before).toBeLessThan(5_000)
  })
})

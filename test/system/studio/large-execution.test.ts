import { describe, expect, it } from 'vitest'
import { Studio } from './studio.ts'

const steps = 400

/** One start, and as many computed steps after each other. */
const chain = {
  name: 'A long chain',
  nodes: [
    { id: 's0', kind: 'manual' },
    ...Array.from({ length: steps }, (_, n) => ({ id: `s${n + 1}`, kind: 'transform', config: { fields: { n } } })),
  ],
  edges: Array.from({ length: steps }, (_, n) => ({ from: `s${n}`, to: `s${n + 1}` })),
}

describe('an execution of many steps', () => {
  const studio = Studio.open()

  it('[STU27] draws the rows of its timeline that can be seen, all within reach of the wheel and the Tab key', async () => {
    const { workflowId } = await studio.client.publish(chain)
    const { executionId } = await studio.client.execute(workflowId, {}, 10_000)
    const visitor = await studio.signedIn()
    const { page } = visitor
    await visitor.open(`/executions/${executionId}`)
    const rows = page.locator('.timeline-row')
    const row = (name: string) =>
      page.locator('.timeline-rows').getByRole('button', { name: new RegExp(`Succeeded ${name}$`) })
    await row('s0').waitFor()
    expect(await rows.count()).toBeLessThan(60)
    const whole = await page.locator('.timeline-rows').boundingBox()
    expect(whole?.height).toBe((steps + 1) * 30)

    await page.locator('.view-panel').hover()
    await page.mouse.wheel(0, 100_000)
    await row(`s${steps}`).waitFor()
    expect(await row(`s${steps}`).locator('xpath=ancestor::li').getAttribute('aria-posinset')).toBe(String(steps + 1))
    expect(await rows.count()).toBeLessThan(60)

    await page.mouse.wheel(0, -100_000)
    await row('s0').focus()
    for (let presses = 0; presses < 50; presses++) {
      await page.keyboard.press('Tab')
      // However fast a person's key repeats, the page is drawn in between.
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    }
    expect(await row('s50').evaluate((element) => element === document.activeElement)).toBe(true)
    expect(visitor.complaints).toEqual([])
    await visitor.leave()
  })
})

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../../support/browser.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { StepwellClient } from '../../support/stepwell-client.ts'
import { Visitor } from './visitor.ts'

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
  let server: TestServer
  let browser: Browser
  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startServer(), launchBrowser()])
  })
  afterAll(async () => {
    await Promise.all([browser.close(), server.stop()])
  })

  it('[STU27] draws the rows of its timeline that can be seen, all within reach of the wheel and the Tab key', async () => {
    const client = new StepwellClient(server)
    const { workflowId } = await client.publish(chain)
    const { executionId } = await client.execute(workflowId, {}, 10_000)
    const visitor = await Visitor.signedIn(browser, server)
    visitor.complaints.length = 0
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

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { launchBrowser } from '../support/browser.ts'
import { CanaryScan } from '../support/canary.ts'
import { databaseRows, rawFiles } from '../support/data-folder-text.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { Sink } from '../support/sink.ts'
import { StepwellClient } from '../support/stepwell-client.ts'
import { refundWorkflow } from './screens/refund-workflow.ts'
import { Visitor } from './studio/visitor.ts'

/** Issue 3: a person decides on a telephone by the link that was sent, a service answers by its own, and neither link is kept anywhere. */
describe('links', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'stepwell-links-'))
  let server: TestServer
  let client: StepwellClient
  let browser: Browser
  let mailbox: Sink
  let workflowId: string

  beforeAll(async () => {
    // The service sends back what it was sent, as careless ones do.
    mailbox = await Sink.start(({ body }) => ({ headers: { 'content-type': 'text/plain', 'x-echo': body }, body }))
    server = await startServer({ dataFolder, env: { ALLOW_PRIVATE_NETWORK: '1' } })
    client = new StepwellClient(server)
    browser = await launchBrowser()
    workflowId = (await client.publish(refundWorkflow(mailbox.url))).workflowId
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    mailbox.stop()
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 10 })
  })

  /** The link that an execution of the order mails. */
  async function mailed(order: number): Promise<{ executionId: string; link: string }> {
    const before = mailbox.calls.length
    const { executionId } = await client.execute(workflowId, { order })
    await expect.poll(() => mailbox.calls[before]?.body).toBeDefined()
    await expect.poll(async () => (await client.execution(executionId)).status).toBe('waiting')
    return { executionId, link: /http[^"]*/.exec(mailbox.calls[before]?.body ?? '')?.[0] ?? '' }
  }

  it('[LNS1] lead to a page on which a person decides on a telephone', async () => {
    const { executionId, link } = await mailed(7)
    expect(link).toMatch(new RegExp(`^http://localhost:${server.port}/actions/approve/${executionId}\\.`))
    const visitor = await Visitor.come(browser, server.url, { width: 390, height: 844 })
    const { page } = visitor
    await visitor.open(link)
    await page.getByRole('heading', { name: 'Refund 40 € to Ada?' }).waitFor()
    expect(await page.locator('.message').textContent()).toContain('open <b>and</b> the lamp')
    expect(await visitor.barriers()).toEqual([])

    await page.getByLabel('Amount').fill('900')
    await page.getByLabel('Pay from').selectOption('Petty cash')
    await page.getByLabel('Pay today').check()
    await page.getByLabel('Reason').fill('The lamp was broken.\nAda sent a photograph.')
    // Enter in a field decides nothing.
    await page.getByLabel('Amount').press('Enter')
    expect(await page.getByRole('heading', { name: 'Refund 40 € to Ada?' }).isVisible()).toBe(true)

    await visitor.button('Approve').click()
    await page.getByRole('alert').waitFor()
    expect(await visitor.barriers()).toEqual([])
    expect(await page.getByLabel('Reason').inputValue()).toBe('The lamp was broken.\nAda sent a photograph.')
    expect(await page.getByLabel('Amount').getAttribute('aria-invalid')).toBe('true')
    await page.getByLabel('Amount').fill('35.5')
    await visitor.button('Approve').click()
    await page.getByRole('heading', { name: 'You approved this.' }).waitFor()
    expect(await visitor.barriers()).toEqual([])

    await visitor.open(link)
    await page.getByRole('heading', { name: 'This was approved already.' }).waitFor()
    expect(await visitor.barriers()).toEqual([])
    // The page with the mistake is answered with 422.
    expect(visitor.complaintsBut(/status of 422/)).toEqual([])
    await visitor.leave()

    await expect.poll(() => mailbox.calls.at(-1)?.path).toBe('/pay')
    const { callback } = JSON.parse(mailbox.calls.at(-1)?.body ?? '{}') as { callback: string }
    const taken = await fetch(callback, {
      method: 'POST',
      body: '{"receipt":"r-1"}',
      headers: { 'content-type': 'application/json' },
    })
    expect(taken.ok).toBe(true)
    await expect
      .poll(async () => (await client.execution(executionId)).output)
      .toEqual({
        decided: {
          decision: 'approved',
          data: {
            amount: 35.5,
            account: 'Petty cash',
            urgent: true,
            reason: 'The lamp was broken.\nAda sent a photograph.',
          },
        },
        paid: { receipt: 'r-1' },
      })
    const signatures = [link, callback].map((url) => ({ name: url, value: '', core: url.slice(-43) }))
    const log = { name: 'log', text: JSON.stringify(await client.events(executionId)) }
    expect(
      new CanaryScan(signatures).firstHits([
        log,
        { name: 'state', text: JSON.stringify(await client.state(executionId)) },
      ]),
    ).toEqual([])
  })

  it.each(['light', 'dark'] as const)(
    '[LNS2] fit the narrowest telephone, and are read by everybody, when it is %s',
    async (theme) => {
      const { link } = await mailed(8)
      const visitor = await Visitor.come(browser, server.url, { width: 320, height: 640, theme })
      const { page } = visitor
      const isTooWide = () => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      await visitor.open(link)
      expect([await isTooWide(), await visitor.barriers()]).toEqual([false, []])
      await page.getByLabel('Pay from').selectOption('')
      await page.evaluate(() => document.querySelector('form')?.setAttribute('novalidate', ''))
      await visitor.button('Approve').click()
      await page.getByRole('alert').waitFor()
      expect([await isTooWide(), await visitor.barriers()]).toEqual([false, []])
      await visitor.button('Reject').click()
      await page.getByRole('heading', { name: 'You rejected this.' }).waitFor()
      expect([await isTooWide(), await visitor.barriers()]).toEqual([false, []])
      await visitor.leave()
    },
  )

  it('[LNS3] are answered by no page of another site, in no frame', async () => {
    const { executionId, link } = await mailed(9)
    const visitor = await Visitor.come(browser, mailbox.url)
    const { page } = visitor
    await visitor.open('/')
    await page.setContent(
      `<form method="post" action="${link}"><button name="decision" value="approved">go</button></form><iframe src="${link}"></iframe>`,
    )
    await page.waitForTimeout(300)
    expect(await page.frames().at(-1)?.content()).not.toContain('Refund')
    await page.getByRole('button', { name: 'go' }).click()
    await page.getByRole('heading', { name: 'A page of another site sent this answer.' }).waitFor()
    await visitor.leave()
    expect((await client.execution(executionId)).waiting).toMatchObject([
      { for: 'approval', step: 'manager', url: link },
    ])
  })

  it('[LNS4] are in no byte that the server keeps or prints', async () => {
    const links = mailbox.calls.flatMap(({ body }) => /http[^"]*/.exec(body)?.[0] ?? [])
    expect(links.length).toBeGreaterThan(3)
    await server.stop()
    const scan = new CanaryScan(links.map((url) => ({ name: url, value: url, core: url.slice(-43) })))
    const kept = [...rawFiles(dataFolder), ...databaseRows(dataFolder)]
    expect(kept.some(({ text }) => text.includes('Ada sent a photograph.'))).toBe(true)
    expect(
      scan.firstHits([...kept, { name: 'stdout', text: server.stdout }, { name: 'stderr', text: server.stderr }]),
    ).toEqual([])
  })
})

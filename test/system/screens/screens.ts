import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import type { PublishAnswer, Sample } from '../../../schemas/api/workflows.ts'
import { launchBrowser } from '../../support/browser.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { Sink } from '../../support/sink.ts'
import { StepwellClient } from '../../support/stepwell-client.ts'
import { Visitor } from '../studio/visitor.ts'
import { anOrder, makeServices, orderWorkflow } from './order-workflow.ts'
import { refundWorkflow } from './refund-workflow.ts'

/** `npm run screens [folder]`: every screen of the studio as a picture, from a real server with a little history. */
const folder = process.argv[2] ?? 'screens'

type Screen = {
  readonly name: string
  readonly path: string
  /** Is there when the page is. */
  readonly shown: string
}

const sink = await Sink.start(makeServices())
const server = await startServer({ env: { ALLOW_PRIVATE_NETWORK: '1' } })
const browser = await launchBrowser()
try {
  mkdirSync(folder, { recursive: true })
  const empty = [
    { name: 'empty-workflows', path: '/', shown: '.sample' },
    { name: 'empty-executions', path: '/executions', shown: '.empty' },
    { name: 'empty-webhooks', path: '/webhooks', shown: '.empty' },
  ]
  await takeAll(browser, server, empty)
  const { screens, picture } = await live(new StepwellClient(server))
  await takeAll(browser, server, screens)
  await takeOne(browser, server, picture)
} finally {
  await browser.close()
  await server.stop()
  sink.stop()
}

/** Gives the server a history, and says which screens show it. */
async function live(client: StepwellClient): Promise<{ screens: Screen[]; picture: Screen }> {
  const { items } = await client.ask<{ items: Sample[] }>('GET', '/api/samples')
  const published = new Map<string, PublishAnswer>()
  for (const { id } of items) published.set(id, await client.ask('POST', `/api/samples/${id}`))
  const workflow = (sample: string) => published.get(sample)?.workflowId ?? ''
  const order = await client.publish(orderWorkflow(sink.url))
  await client.putSecret('courier_token', 'not shown', ['api.courier.example'])
  await client.putSecret('github_webhook', 'not shown')

  await client.execute(workflow('fan_out_and_join'), { prices: [19, 5, 26] }, 10_000)
  for (const name of ['Ada', 'Grace', 'Katherine']) await client.execute(workflow('hello_form'), { name }, 5_000)
  const failed = await client.execute(workflow('when_it_fails'), { bill: -7, people: 2 }, 5_000)
  await client.execute(workflow('when_it_fails'), { bill: 90, people: 0 }, 5_000)
  const hook = new URL(published.get('order_triage')?.hooks[0]?.url ?? '').pathname
  for (const body of ['{"order": "A-1042", "total": 1250}', '{"order": "A-1043", "total": 20}', 'not json']) {
    await fetch(`${server.url}${hook}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  }
  let shipped = await client.execute(order.workflowId, anOrder(0), 15_000)
  for (let number = 1; number < 3; number += 1) {
    shipped = await client.execute(order.workflowId, anOrder(number), 15_000)
  }
  const waiting = await client.execute(workflow('wait_a_moment'), { seconds: 3600 })
  const asked = await approvals(client)
  const inputOf = (sample: string) => items.find(({ id }) => id === sample)?.input
  const report = await client.execute(workflow('sales_report'), inputOf('sales_report'), 10_000)
  const undone = await client.execute(workflow('order_saga'), inputOf('order_saga'), 10_000)
  const asking = await client.execute(workflow('approval_with_reminder'), inputOf('approval_with_reminder'))
  const paused = await client.execute(workflow('wait_a_moment'), { seconds: 3600 })
  await client.ask('POST', `/actions/executions/${paused.executionId}/pause`, {})
  const shippedPath = `/executions/${shipped.executionId}`
  const screens = [
    { name: 'workflows', path: '/', shown: '.workflows .row-link' },
    { name: 'workflow', path: `/workflows/${order.workflowId}`, shown: '.executions .row-link' },
    { name: 'workflow-node', path: `/workflows/${order.workflowId}?node=charge`, shown: '.node-card' },
    { name: 'workflow-hook', path: `/workflows/${workflow('order_triage')}`, shown: '.code-block' },
    { name: 'executions', path: '/executions', shown: '.executions .row-link' },
    { name: 'executions-waiting', path: '/executions?waitsFor=approval', shown: '.executions .row-link' },
    { name: 'executions-none', path: '/executions?status=quarantined', shown: '.empty' },
    { name: 'execution', path: shippedPath, shown: '.bar-failed' },
    { name: 'execution-step', path: `${shippedPath}?step=courier`, shown: '.step-panel .attempts' },
    { name: 'execution-decision', path: `${shippedPath}?step=route`, shown: '.decision' },
    { name: 'execution-past', path: `${shippedPath}?at=9&view=events`, shown: '.button-past' },
    { name: 'execution-data', path: `${shippedPath}?view=data`, shown: '.data .json' },
    { name: 'execution-failed', path: `/executions/${failed.executionId}?step=refuse`, shown: '.step-panel .failure' },
    { name: 'execution-waiting', path: `/executions/${waiting.executionId}`, shown: '.bar-ahead' },
    { name: 'approval', path: asked.open, shown: '.choice' },
    { name: 'approval-over', path: asked.decided, shown: '.outcome' },
    { name: 'execution-each', path: `/executions/${report.executionId}?step=each_shop`, shown: '.iteration-list' },
    { name: 'execution-undone', path: `/executions/${undone.executionId}`, shown: '.timeline-section' },
    { name: 'execution-approval', path: `/executions/${asking.executionId}?step=ask`, shown: '.answers' },
    { name: 'execution-paused', path: `/executions/${paused.executionId}`, shown: '.timeline-band' },
    { name: 'execution-why', path: `/executions/${asking.executionId}?view=why`, shown: '.why' },
    { name: 'webhooks', path: '/webhooks', shown: '.delivery-line' },
    { name: 'secrets', path: '/secrets', shown: '.cell-actions' },
    { name: 'settings', path: '/settings', shown: '.choices' },
    { name: 'not-found', path: '/no-such-page', shown: '.empty' },
  ]
  return { screens, picture: { name: 'docs/studio.png', path: shippedPath, shown: '.bar-failed' } }
}

/** Links to an approval that waits, and to one that was given. */
async function approvals(client: StepwellClient): Promise<{ open: string; decided: string }> {
  const { workflowId } = await client.publish(refundWorkflow(sink.url))
  const begin = async (order: string): Promise<string> => {
    const { executionId } = await client.execute(workflowId, { order })
    for (;;) {
      const [url] = (await client.execution(executionId)).waiting?.flatMap((waiting) => waiting.url ?? []) ?? []
      if (url !== undefined) return url
    }
  }
  const [open, decided] = [await begin('A-1042'), await begin('A-1043')]
  await fetch(decided, { method: 'POST', body: new URLSearchParams({ decision: 'rejected' }) })
  return { open, decided }
}

async function takeAll(browser: Browser, server: TestServer, screens: readonly Screen[]): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      const visitor = await Visitor.signedIn(browser, server, { theme, width, height })
      for (const screen of screens) {
        await take(visitor, screen, join(folder, `${screen.name}-${theme}-${width}.png`), width < 1000)
      }
      await visitor.leave()
    }
  }
}

/** The picture of the README. */
async function takeOne(browser: Browser, server: TestServer, screen: Screen): Promise<void> {
  const visitor = await Visitor.signedIn(browser, server)
  await take(visitor, screen, screen.name, false)
  await visitor.leave()
}

async function take(visitor: Visitor, screen: Screen, path: string, fullPage: boolean): Promise<void> {
  await visitor.open(screen.path)
  await visitor.page.locator(screen.shown).first().waitFor()
  // The canvas moves to its place, and fonts arrive.
  await visitor.page.waitForTimeout(450)
  await visitor.page.screenshot({ path, fullPage })
}

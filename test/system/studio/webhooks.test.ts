import { spawnSync } from 'node:child_process'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PublishAnswer } from '../../../schemas/api/workflows.ts'
import { launchBrowser } from '../../support/browser.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { StepwellClient } from '../../support/stepwell-client.ts'
import { Visitor } from './visitor.ts'

const secret = `it's "quoted" & has a $sign`

const verifications = {
  none: { scheme: 'none' },
  token: { scheme: 'token', secret: 'hook_secret', header: 'x-hook-token' },
  github: { scheme: 'github', secret: 'hook_secret' },
}

const hooked = (name: string, verify: object) => ({
  name,
  nodes: [
    { id: 'arrives', kind: 'webhook', name: `By ${name}`, config: { verify, respond: 'result', waitMs: 5000 } },
    { id: 'reply', kind: 'respond', config: { body: { greeting: '{{ trigger.body.hello }}' } } },
  ],
  edges: [{ from: 'arrives', to: 'reply' }],
})

describe('webhooks in the studio', () => {
  let server: TestServer
  let client: StepwellClient
  let browser: Browser
  let visitor: Visitor
  const published = new Map<string, PublishAnswer>()
  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startServer(), launchBrowser()])
    client = new StepwellClient(server)
    await client.putSecret('hook_secret', secret)
    for (const [name, verify] of Object.entries(verifications)) {
      published.set(name, await client.publish(hooked(name, verify)))
    }
  })
  afterAll(async () => {
    await Promise.all([browser.close(), server.stop()])
  })
  beforeEach(async () => {
    visitor = await Visitor.signedIn(browser, server)
    visitor.complaints.length = 0
  })
  afterEach(async () => {
    expect(visitor.complaints).toEqual([])
    await visitor.leave()
  })
  const hookOf = (name: string) => {
    const hook = published.get(name)?.hooks[0]
    if (hook === undefined) throw new Error(`the workflow ${name} is published with one hook`)
    return hook
  }
  const openHook = async (name: string) => {
    await visitor.open(`/webhooks?hook=${hookOf(name).hookId}`)
    await visitor.page.getByRole('heading', { name: `Webhook By ${name}` }).waitFor()
  }

  for (const name of Object.keys(verifications)) {
    it(`[STU15] copies a command that works as it is, with verification ${name}`, async () => {
      await openHook(name)
      await visitor.button('Copy the curl command').click()
      await visitor.button('Copied the curl command').waitFor()
      const command = await visitor.clipboard()
      expect(command).toBe(await visitor.page.locator('pre').textContent())
      expect(command).not.toContain(secret)

      const { PATH = '' } = process.env
      const shell = spawnSync('bash', ['-c', command], { encoding: 'utf8', env: { PATH, HOOK_SECRET: secret } })
      expect(JSON.parse(shell.stdout)).toEqual({ greeting: 'world' })
      const delivery = visitor.page.getByRole('listitem').filter({ hasText: 'Accepted' })
      await delivery.getByText('started an execution').waitFor()
      await delivery.getByRole('button').click()
      await delivery.getByRole('link').click()
      await expect.poll(() => visitor.page.locator('.execution-title > .status').textContent()).toBe('Succeeded')
    })
  }

  it('[STU16] copies the URL of a hook', async () => {
    await openHook('token')
    await visitor.button('Copy the URL').click()
    await visitor.button('Copied the URL').waitFor()
    expect(await visitor.clipboard()).toBe(hookOf('token').url)
  })

  it('[STU17] shows a refused request by itself, with its reason', async () => {
    const { page } = visitor
    await openHook('github')
    const refused = page.getByRole('listitem').filter({ hasText: 'Refused' })
    expect(await refused.count()).toBe(0)
    const answer = await fetch(`${server.url}${new URL(hookOf('github').url).pathname}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      body: '{"hello": "world"}',
    })
    expect(answer.status).toBe(401)

    await refused.waitFor()
    expect(await refused.textContent()).toMatch(/signature/i)
    await refused.getByRole('button').click()
    await refused.getByText('signature_mismatch').waitFor()
    await expect.poll(() => visitor.path).toContain('delivery=')
    expect(await refused.getByText('world').count()).toBe(1)
    expect(await visitor.barriers()).toEqual([])
  })

  it('[STU18] sends a request from the page to a hook that asks for no proof', async () => {
    await openHook('none')
    await visitor.button('Send this request from here').click()
    await visitor.page.getByText('Answered 200.').waitFor()
  })

  it('[STU19] copies a command that starts a workflow with the input as typed', async () => {
    const { workflowId } = await client.ask<PublishAnswer>('POST', '/api/samples/hello_form')
    await visitor.open(`/workflows/${workflowId}`)
    await visitor.page.getByLabel('Input, as JSON').fill(`{"name": "O'Brien"}`)
    await visitor.button(/^Copy a curl command/).click()
    const { PATH = '' } = process.env
    const shell = spawnSync('bash', ['-c', await visitor.clipboard()], {
      encoding: 'utf8',
      env: { PATH, STEPWELL_TOKEN: server.token },
    })
    expect(JSON.parse(shell.stdout)).toMatchObject({ status: 'succeeded', output: { message: "Hello, O'Brien!" } })
  })
})

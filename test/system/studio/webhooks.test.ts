import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PublishAnswer } from '../../../schemas/api/workflows.ts'
import { Studio } from './studio.ts'

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
  const studio = Studio.visited()
  const published = new Map<string, PublishAnswer>()
  beforeAll(async () => {
    await studio.client.putSecret('hook_secret', secret)
    for (const [name, verify] of Object.entries(verifications)) {
      published.set(name, await studio.client.publish(hooked(name, verify)))
    }
  })
  const hookOf = (name: string) => {
    const hook = published.get(name)?.hooks[0]
    if (hook === undefined) throw new Error(`the workflow ${name} is published with one hook`)
    return hook
  }
  const openHook = async (name: string) => {
    await studio.visitor.open(`/webhooks?hook=${hookOf(name).hookId}`)
    await studio.visitor.page.getByRole('heading', { name: `Webhook By ${name}` }).waitFor()
  }

  for (const name of Object.keys(verifications)) {
    it(`[STU15] copies a command that works as it is, with verification ${name}`, async () => {
      await openHook(name)
      await studio.visitor.button('Copy the curl command').click()
      await studio.visitor.button('Copied the curl command').waitFor()
      const command = await studio.visitor.clipboard()
      expect(command).toBe(await studio.visitor.page.locator('pre').textContent())
      expect(command).not.toContain(secret)

      const { PATH = '' } = process.env
      const shell = spawnSync('bash', ['-c', command], { encoding: 'utf8', env: { PATH, HOOK_SECRET: secret } })
      expect(JSON.parse(shell.stdout)).toEqual({ greeting: 'world' })
      const delivery = studio.visitor.page.getByRole('listitem').filter({ hasText: 'Accepted' })
      await delivery.getByText('started an execution').waitFor()
      await delivery.getByRole('button').click()
      await delivery.getByRole('link').click()
      await expect.poll(() => studio.visitor.page.locator('.execution-title > .status').textContent()).toBe('Succeeded')
    })
  }

  it('[STU16] copies the URL of a hook', async () => {
    await openHook('token')
    await studio.visitor.button('Copy the URL').click()
    await studio.visitor.button('Copied the URL').waitFor()
    expect(await studio.visitor.clipboard()).toBe(hookOf('token').url)
  })

  it('[STU17] shows a refused request by itself, with its reason', async () => {
    const { page } = studio.visitor
    await openHook('github')
    const refused = page.getByRole('listitem').filter({ hasText: 'Refused' })
    expect(await refused.count()).toBe(0)
    const answer = await fetch(`${studio.server.url}${new URL(hookOf('github').url).pathname}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      body: '{"hello": "world"}',
    })
    expect(answer.status).toBe(401)

    await refused.waitFor()
    expect(await refused.textContent()).toMatch(/signature/i)
    await refused.getByRole('button').click()
    await refused.getByText('signature_mismatch').waitFor()
    await expect.poll(() => studio.visitor.path).toContain('delivery=')
    expect(await refused.getByText('world').count()).toBe(1)
    expect(await studio.visitor.barriers()).toEqual([])
  })

  it('[STU18] sends a request from the page to a hook that asks for no proof', async () => {
    await openHook('none')
    await studio.visitor.button('Send this request from here').click()
    await studio.visitor.page.getByText('Answered 200.').waitFor()
  })

  it('[STU19] copies a command that starts a workflow with the input as typed', async () => {
    const { workflowId } = await studio.client.ask<PublishAnswer>('POST', '/api/samples/hello_form')
    await studio.visitor.open(`/workflows/${workflowId}`)
    await studio.visitor.page.getByLabel('Input, as JSON').fill(`{"name": "O'Brien"}`)
    await studio.visitor.button(/^Copy a curl command/).click()
    const { PATH = '' } = process.env
    const shell = spawnSync('bash', ['-c', await studio.visitor.clipboard()], {
      encoding: 'utf8',
      env: { PATH, STEPWELL_TOKEN: studio.server.token },
    })
    expect(JSON.parse(shell.stdout)).toMatchObject({ status: 'succeeded', output: { message: "Hello, O'Brien!" } })
  })
})

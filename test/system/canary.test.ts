import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ExecutionView } from '../../schemas/api/executions.ts'
import { type LocalServer, localServer } from '../steps/local-server.ts'
import { launchBrowser } from '../support/browser.ts'
import { CanaryScan, type NamedText, spellingsOf } from '../support/canary.ts'
import { databaseRows, rawFiles } from '../support/data-folder-text.ts'
import { freePort, startServer, type TestServer } from '../support/server.ts'
import { StepwellClient } from '../support/stepwell-client.ts'
import { Witness } from '../support/witness.ts'
import { allCanaries, answering, canaries, everyWay, expectedEnds, failing } from './canary-graphs.ts'
import { echoServer } from './echo-server.ts'
import { signatureOf } from './github-payloads.ts'

const scan = new CanaryScan(allCanaries)
/** Sent along with the secrets, and no secret: it must be found where they must not. */
const control = `control-${randomUUID()}`

/** Issue 2: a secret that the server it was sent to echoes back is afterwards nowhere, and goes nowhere else. */
describe('a secret that comes back', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'stepwell-canary-'))
  let server: TestServer
  let witness: Witness
  let client: StepwellClient
  let browser: Browser
  let echo: LocalServer
  let elsewhere: LocalServer
  let executionId: string
  let view: ExecutionView

  beforeAll(async () => {
    elsewhere = await localServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ landed: request.url }))
    })
    echo = await echoServer(elsewhere.origin)
    server = await startServer({ dataFolder, env: { ALLOW_PRIVATE_NETWORK: '1' } })
    browser = await launchBrowser()
    witness = new Witness(server)
    client = new StepwellClient(witness)
    for (const { name, value } of allCanaries) await client.putSecret(name, value)
    await client.putSecret('narrow_key', canaries.narrow.value, [echo.host])
    await client.putSecret('hook_token', canaries.token.value, ['hooks.example'])
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await Promise.all([echo.close(), elsewhere.close()])
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 10 })
  })

  const found = (texts: readonly NamedText[]): string[] => scan.firstHits(texts)
  const seen = (): readonly NamedText[] => witness.seen
  const hold = (texts: readonly NamedText[]): boolean => texts.some(({ text }) => text.includes(control))

  it('[CAN1] is recognised by the scan in every spelling, inside other text', () => {
    for (const { core, name } of allCanaries) {
      for (const [spelling, text] of spellingsOf(core)) {
        expect(scan.hits(`before ${text} after`), spelling).toContain(`${name} (${spelling})`)
      }
      for (const before of ['', 'y', 'yy', 'yyy']) {
        const inside = Buffer.from(`${before}${core}zz`)
        expect(scan.hits(inside.toString('base64')).length).toBeGreaterThan(0)
        expect(scan.hits(inside.toString('base64url')).length).toBeGreaterThan(0)
      }
    }
    expect(scan.hits(control)).toEqual([])
  })

  it('[CAN2] reaches the server it is meant for, by every way', async () => {
    const closed = `http://127.0.0.1:${await freePort()}`
    const { workflowId } = await client.publish(everyWay(echo.origin, elsewhere.origin, closed))
    executionId = (await client.execute(workflowId, { control })).executionId
    const streams = [await witness.watch(executionId, ''), await witness.watch(executionId, '?after=0')]
    await expect.poll(async () => (await client.execution(executionId)).status, { timeout: 30_000 }).toBe('succeeded')
    for (const stream of streams) stream.close()
    view = await client.execution(executionId)

    const { header, plain, query, body, basic } = canaries
    const sent = echo.received.find(({ url }) => url.startsWith('/json/'))
    expect(sent?.headers).toMatchObject({
      'x-key': `a ${header.value} b`,
      'x-plain': plain.value,
      authorization: `Basic ${Buffer.from(`canary:${basic.value}`).toString('base64')}`,
    })
    expect(new URL(sent?.url ?? '', echo.origin).searchParams.get('key')).toBe(query.value)
    expect(JSON.parse(sent?.body ?? '')).toEqual({ nested: [`<${body.value}>`], control })
    expect(sent?.url).toContain(canaries.path.core)
  })

  it('[CAN3] comes back as a mark, whatever became of the step', () => {
    const output = view.output as Record<string, { ok?: unknown; error?: { code: string } }>
    const ends = Object.keys(expectedEnds).map((id) => [
      id,
      `${id}_ok` in output ? 'ok' : output[`${id}_bad`]?.error?.code,
    ])
    expect(Object.fromEntries(ends)).toEqual(expectedEnds)
    for (const id of ['as_json', 'as_escaped', 'as_text', 'again']) {
      const text = JSON.stringify(output[`${id}_ok`])
      for (const name of ['header_key', 'plain_key', 'query_key', 'body_key', 'basic_password', 'path_key'])
        expect(text, id).toContain(`(secret ${name})`)
      expect(text).toContain(control)
    }
    expect(JSON.stringify(output['failing_bad'])).toContain('••• (secret body_key)')
    expect(JSON.stringify(output['in_headers_ok'])).toContain('x-••• (secret plain_key)')
    const parts = Object.entries(output).map(([name, value]) => ({ name, text: JSON.stringify(value) }))
    expect(found(parts)).toEqual([])
  })

  it('[CAN4] is nowhere in an execution that fails, nor in what a hook answers', async () => {
    const { workflowId } = await client.publish(failing(echo.origin))
    const failed = await client.execute(workflowId, { control }, 10_000)
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'http_500' } })
    expect(failed.error?.message).toContain('••• (secret plain_key)')
    expect(JSON.stringify(await client.events(failed.executionId))).toContain('••• (secret body_key)')

    const body = JSON.stringify({ control })
    const byToken = { scheme: 'token', secret: 'hook_token' }
    const proofs = [
      { verify: byToken, mode: 'headers', status: 200, headers: { 'x-webhook-token': canaries.token.value } },
      { verify: byToken, mode: 'json', status: 200, headers: { 'x-webhook-token': canaries.token.value } },
      {
        verify: { scheme: 'github', secret: 'github_webhook' },
        mode: 'error',
        status: 502,
        headers: { 'x-hub-signature-256': signatureOf(body, canaries.github.value) },
      },
    ]
    for (const { verify, mode, status, headers } of proofs) {
      const { hooks } = await client.publish(answering(verify, `${echo.origin}/${mode}`))
      const hook = new URL(hooks[0]?.url ?? '').pathname
      const deliver = (sent: Record<string, string>): Promise<Response> =>
        witness.fetch(hook, { method: 'POST', body, headers: { 'content-type': 'application/json', ...sent } })
      const answer = await deliver(headers)
      expect(answer.status).toBe(status)
      expect(await answer.text()).toContain('(secret body_key)')
      // `authorization` holds the admin token here: it is a credential too, and masked.
      expect((await deliver({})).status).toBe(401)
      await witness.fetch(`/api/hooks/${hooks[0]?.hookId}/deliveries`)
    }
  })

  it('[CAN5] is refused without being repeated when it is put badly', async () => {
    const { value } = canaries.header
    for (const [path, body] of [
      ['/api/secrets/Bad-Name', JSON.stringify({ value })],
      ['/api/secrets/header_key', JSON.stringify({ value, hosts: ['no host'] })],
      ['/api/secrets/header_key', JSON.stringify({ value: { inside: value } })],
      ['/api/secrets/header_key', `{"value": "${canaries.plain.value}`],
      ['/api/secrets/header_key', JSON.stringify({ value: value.repeat(1_000) })],
    ] as const) {
      const answer = await witness.fetch(path, {
        method: 'PUT',
        body,
        headers: { 'content-type': 'application/json' },
      })
      expect(answer.status).toBe(400)
    }
  })

  it('[CAN6] is in no answer, no frame and no page', async () => {
    await client.events(executionId)
    const lists = [
      '/api/executions',
      '/api/workflows',
      '/api/secrets',
      '/api/actions/drafts',
      `/api/workflows/${view.workflowId}`,
    ]
    const ofExecution = [`/actions/executions/${executionId}/state`, `/actions/executions/${executionId}/state?at=20`]
    for (const path of [...lists, ...ofExecution]) await witness.fetch(path)

    const page = await browser.newPage()
    witness.listen(page)
    await page.goto(`${server.url}/sign-in#token=${server.token}`)
    await page.waitForURL(`${server.url}/`)
    const { executionId: live } = await client.execute(view.workflowId, { control })
    const views = [
      `/executions/${live}`,
      ...['timeline', 'events', 'data'].map((tab) => `/executions/${executionId}?view=${tab}&step=as_json`),
    ]
    for (const path of [...views, '/executions', `/workflows/${view.workflowId}`, '/webhooks', '/secrets']) {
      await page.goto(`${server.url}${path}`)
      await page.waitForLoadState('networkidle')
      await sleep(200)
      await witness.notePage(page)
    }
    const pages = seen().filter(({ name }) => name.startsWith('text of'))
    expect(pages.some(({ text }) => text.includes('(secret '))).toBe(true)
    for (const kind of ['GET ', 'frame of', 'browser http', 'page '])
      expect(hold(seen().filter(({ name }) => name.startsWith(kind))), kind).toBe(true)
    expect(seen().some(({ name }) => name.startsWith('browser ws'))).toBe(true)
    expect(found(seen())).toEqual([])
    const afterSignIn = seen().filter(({ name }) => !name.includes('/sign-in'))
    expect(afterSignIn.filter(({ text }) => text.includes(server.token)).map(({ name }) => name)).toEqual([])
  })

  it('[CAN7] is never sent to a host it was not given for', () => {
    expect(new Set(elsewhere.received.map(({ url }) => url))).toEqual(new Set(['/leave']))
    expect(found(elsewhere.received.map((request) => ({ name: request.url, text: JSON.stringify(request) })))).toEqual(
      [],
    )
    // Where it may go it did go, so the silence elsewhere means something.
    expect(echo.received.some(({ headers }) => headers['x-narrow'] === canaries.narrow.value)).toBe(true)
  })

  it('[CAN8] is in no byte of the data folder and in nothing that was printed, before and after the end', async () => {
    await server.kill9()
    // The watcher ends workerd now, and takes this file away when it has.
    await expect.poll(() => existsSync(join(dataFolder, 'workerd.pid')), { timeout: 10_000 }).toBe(false)
    const afterKill = rawFiles(dataFolder)
    await server.restart()
    expect((await client.execution(executionId)).status).toBe('succeeded')
    expect(await server.stop()).toBe(0)
    const afterStop = rawFiles(dataFolder)
    const rows = databaseRows(dataFolder)
    for (const texts of [afterKill, afterStop, rows]) expect(hold(texts)).toBe(true)
    expect(rows.length).toBeGreaterThan(10)
    expect(found([...afterKill, ...afterStop, ...rows])).toEqual([])
    expect(
      found([
        { name: 'stdout', text: server.stdout },
        { name: 'stderr', text: server.stderr },
      ]),
    ).toEqual([])
    expect(server.stderr).toBe('')
  })
})

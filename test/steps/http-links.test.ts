import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { MakeLink } from '../../runtime/steps/step-runner.ts'
import type { Injection, LinkHandle } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { type LocalServer, localServer, sendJson } from './local-server.ts'
import { failed, perform, secretAt, succeeded } from './perform.ts'

const signature = 'q7Zs0dT1xY_5nKp-LrWb3mVhUe8cJgAiOfDt2kB4zXo'
const link: LinkHandle = { link: 'approve@orders[3]' as StepKey, executionId: 'execution-1', for: 'approval' }
const urlOf = ({ executionId, link: step }: LinkHandle): string => `https://flows.example/${executionId}.${step}.`
const makeLink: MakeLink = async (handle) => ({ ok: true, url: `${urlOf(handle)}${signature}`, signature })

const linkAt = (path: (string | number)[], before = ''): Injection => ({
  path,
  parts: [...(before === '' ? [] : [{ text: before }]), link],
})
const mask = '••• (link approve@orders[3])'

let echo: LocalServer
let elsewhere: LocalServer
beforeAll(async () => {
  elsewhere = await localServer((_, response) => sendJson(response, {}))
  echo = await localServer(({ url, body }, response) => {
    if (url === '/away') response.writeHead(307, { location: elsewhere.origin }).end()
    else if (url === '/repeat') response.writeHead(302, { location: `${elsewhere.origin}/?${body}` }).end()
    else if (url === '/fail') response.writeHead(500, signature, { 'content-type': 'text/plain' }).end(body)
    else
      sendJson(response, { body, base64: Buffer.from(body).toString('base64'), hex: Buffer.from(body).toString('hex') })
  })
})
afterAll(() => Promise.all([echo.close(), elsewhere.close()]))

const mail = (path: string, options: Parameters<typeof perform>[1] = {}) =>
  perform(
    { url: `${echo.origin}${path}`, method: 'POST', bodyAs: 'text', body: mask },
    { injections: [linkAt(['body'], 'Look: ')], makeLink, ...options },
  )

describe('a link in a request', () => {
  it('[HTTP64] leaves as its URL', async () => {
    const before = echo.received.length
    succeeded(await mail('/'))
    expect(echo.received[before]?.body).toBe(`Look: ${urlOf(link)}${signature}`)
  })

  it('[HTTP64] is asked for once, however often it stands there, and each step has its own', async () => {
    const asked: string[] = []
    const other: LinkHandle = { ...link, link: 'approve@orders[4]' as StepKey }
    const before = echo.received.length
    await perform(
      { url: echo.origin, method: 'POST', body: ['', '', ''] },
      {
        injections: [linkAt(['body', 0]), linkAt(['body', 1]), { path: ['body', 2], parts: [other] }],
        makeLink: (handle) => {
          asked.push(handle.link)
          return makeLink(handle)
        },
      },
    )
    expect(asked).toEqual([link.link, other.link])
    expect(JSON.parse(echo.received[before]?.body ?? '')).toEqual(
      [link, link, other].map((handle) => `${urlOf(handle)}${signature}`),
    )
  })

  it('[HTTP64] that cannot be made keeps the request from leaving', async () => {
    const before = echo.received.length
    const outcome = await mail('/', { makeLink: async () => ({ ok: false, message: 'PUBLIC_URL is not set.' }) })
    expect(outcome).toEqual({
      ok: false,
      retryable: true,
      failure: { code: 'link_unavailable', message: 'PUBLIC_URL is not set.' },
    })
    expect(echo.received.length).toBe(before)
  })

  it('[HTTP64] goes beside a secret', async () => {
    const outcome = await perform(
      { url: echo.origin, method: 'POST', headers: { 'x-key': '' }, bodyAs: 'text', body: '' },
      {
        injections: [secretAt(['headers', 'x-key'], 'key'), linkAt(['body'])],
        secrets: { key: 'canary-1234' },
        makeLink,
      },
    )
    expect(succeeded(outcome).body).toMatchObject({ body: `${urlOf(link)}${mask}` })
  })

  it('[HTTP63] does not decide where the request goes', async () => {
    const outcome = await perform({ url: '' }, { injections: [linkAt(['url'])], makeLink })
    expect(failed(outcome).failure.code).toBe('secret_not_allowed')
  })

  it('[HTTP54] does not follow a redirect to another origin', async () => {
    const before = elsewhere.received.length
    for (const path of ['/away', '/repeat']) {
      const outcome = failed(await mail(path))
      expect(outcome.failure.code).toBe('redirect_refused')
      expect(outcome.failure.message).not.toContain(signature)
    }
    expect(elsewhere.received.length).toBe(before)
  })

  it('[HTTP55] an address that repeats one names it, and not what it is', async () => {
    expect(failed(await mail('/repeat')).failure.message).toContain('repeats the link approve@orders[3], which')
  })

  it('[HTTP74] does not come back, however it is spelled', async () => {
    const answers = [succeeded(await mail('/')), failed(await mail('/fail'))]
    const text = JSON.stringify(answers)
    for (const spelling of [
      signature,
      Buffer.from(signature).toString('hex'),
      Buffer.from(signature).toString('base64').slice(4, -4),
    ])
      expect(text).not.toContain(spelling)
    expect(answers).toMatchObject([
      { body: { body: `Look: ${urlOf(link)}${mask}` } },
      { failure: { message: `${echo.host} answered 500 ${mask}.`, details: { body: `Look: ${urlOf(link)}${mask}` } } },
    ])
  })
})

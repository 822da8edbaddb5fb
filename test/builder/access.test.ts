import { beforeAll, describe, expect, it } from 'vitest'

import { signSession, verifySession } from '../../gate/session.ts'
import { limits } from '../../schemas/limits.ts'
import { adminToken, clock, noon, openBuilder, origin } from './builder-kit.ts'
import { MemoryRuntime } from './memory-runtime.ts'
import { emptyDatabase } from './test-database.ts'

type Builder = ReturnType<typeof openBuilder>

describe('access', () => {
  let builder: Builder
  beforeAll(async () => {
    clock.at = noon
    builder = openBuilder(await emptyDatabase(), new MemoryRuntime())
  })
  const request = (method: string, path: string, headers: Record<string, string> = {}, site = origin) =>
    builder.app.request(`${site}${path}`, { method, headers })
  const signIn = (token: string, headers: Record<string, string> = {}, site = origin) =>
    builder.app.request(`${site}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token }),
    })
  const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''

  it('[ACC1] refuses every documented route without credentials, and tells nobody to keep an answer', async () => {
    const document = await (await builder.send('GET', '/api/openapi.json')).json<{
      paths: Record<string, Record<string, { security?: unknown[] }>>
    }>()
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({ method: method.toUpperCase(), path, security })),
    )
    expect(routes.length).toBeGreaterThan(18)
    expect(
      routes.filter(({ security }) => security?.length === 0).map(({ method, path }) => `${method} ${path}`),
    ).toEqual(['GET /api/health', 'POST /api/session'])
    for (const { method, path, security } of routes) {
      const answer = await request(method, path.replace(/\{\w+\}/, 'x'))
      if (security === undefined) expect(answer.status, `${method} ${path}`).toBe(401)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('[ACC2] does not say without credentials what exists', async () => {
    for (const path of ['/api/nothing', '/api/openapi.json', '/api/actions/drafts']) {
      const answer = await request('GET', path)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
      expect(await answer.json()).toMatchObject({ code: 'unauthorized', status: 401 })
    }
  })

  it.each(['Bearer wrong', `Bearer ${adminToken}x`, `bearer`, `Basic ${adminToken}`, adminToken, 'Bearer  '])(
    '[ACC3] refuses the header %s, even beside a good cookie',
    async (authorization) => {
      const cookie = cookieOf(await signIn(adminToken))
      expect((await request('GET', '/api/session', { authorization, cookie })).status).toBe(401)
    },
  )

  it('[ACC4] signs in with the token and by nothing else', async () => {
    const wrong = await signIn('wrong')
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('set-cookie')).toBeNull()
    const answer = await signIn(adminToken)
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-stepwell_session=v1\.\d+\.[0-9a-f]{64}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    const session = await request('GET', '/api/session', { cookie: cookieOf(answer) })
    expect(await session.json()).toEqual({ authenticated: true, expiresAt: noon + limits.sessionMs })
    expect(await (await builder.send('GET', '/api/session')).json()).toEqual({ authenticated: true })
  })

  it('[ACC5] gives a plain cookie over http, where __Host- would be dropped', async () => {
    const site = 'http://localhost:8787'
    const answer = await signIn(adminToken, {}, site)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^stepwell_session=v1\.[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect((await request('GET', '/api/session', { cookie: cookieOf(answer) }, site)).status).toBe(200)
    expect((await request('GET', '/api/session', { cookie: cookieOf(answer) })).status).toBe(401)
  })

  it('[ACC6] ends a session at its end, and with the token that signed it', async () => {
    const expiresAt = noon + 1000
    const cookie = `__Host-stepwell_session=${signSession(adminToken, expiresAt)}`
    expect((await request('GET', '/api/session', { cookie })).status).toBe(200)
    clock.at = expiresAt
    expect((await request('GET', '/api/session', { cookie })).status).toBe(401)
    clock.at = noon
    expect(verifySession('another token', signSession(adminToken, expiresAt), noon)).toBeNull()
  })

  it('[ACC7] accepts no session that it did not sign', () => {
    const good = signSession(adminToken, noon + 1000)
    expect(verifySession(adminToken, good, noon)).toBe(noon + 1000)
    const [, , signature = ''] = good.split('.')
    const forged = [
      `v1.${noon + 9000}.${signature}`,
      `v1.${noon + 1000}.${'0'.repeat(64)}`,
      `v1.0${noon + 1000}.${signature}`,
      `v2.${noon + 1000}.${signature}`,
      `v1.${noon + 1000}.${signature.toUpperCase()}`,
      `v1.${noon + 1000}.${signature}.x`,
      `v1.${noon + 1000}.${signature.slice(1)}`,
      '',
    ]
    for (const cookie of forged) expect(verifySession(adminToken, cookie, noon), cookie).toBeNull()
  })

  it('[ACC8] lets a signed-in write through only from this very site', async () => {
    const cookie = cookieOf(await signIn(adminToken))
    const write = async (headers: Record<string, string>) =>
      (await request('POST', '/api/projections/rebuild', { cookie, ...headers })).status
    const mark = { 'x-stepwell': '1' }
    expect(await write({ ...mark, origin })).toBe(200)
    expect(await write({ origin })).toBe(403)
    expect(await write({ ...mark })).toBe(403)
    for (const foreign of [
      'null',
      'https://evil.test',
      'https://sub.stepwell.test',
      'http://stepwell.test',
      `${origin}:444`,
    ]) {
      expect(await write({ ...mark, origin: foreign }), foreign).toBe(403)
    }
    const refused = await request('DELETE', '/api/session', { cookie })
    expect(await refused.json()).toMatchObject({ code: 'csrf', status: 403 })
    expect((await signIn(adminToken, { origin: 'https://evil.test' })).status).toBe(403)
  })

  it('[ACC9] signs out', async () => {
    const cookie = cookieOf(await signIn(adminToken))
    const answer = await request('DELETE', '/api/session', { cookie, origin, 'x-stepwell': '1' })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-stepwell_session=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
  })

  it.each([undefined, ''])('[ACC10] refuses everything when the admin token is %j', async (token) => {
    const open = openBuilder(await emptyDatabase(), new MemoryRuntime(), { token })
    for (const authorization of ['Bearer ', 'Bearer undefined', `Bearer ${adminToken}`]) {
      const answer = await open.app.request(`${origin}/api/workflows`, { headers: { authorization } })
      expect(answer.status).toBe(503)
      expect(await answer.json()).toMatchObject({
        code: 'not_configured',
        detail: expect.stringContaining('ADMIN_TOKEN'),
      })
    }
    expect((await open.send('POST', '/api/session', { token: 'x' })).status).toBe(503)
    expect((await open.app.request(`${origin}/api/health`)).status).toBe(200)
  })
})

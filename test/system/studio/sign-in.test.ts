import { describe, expect, it } from 'vitest'
import { Studio } from './studio.ts'
import { Visitor } from './visitor.ts'

describe('signing in', () => {
  const studio = Studio.open()

  it('[STU1] takes one click on the printed link, whose token stays nowhere in the browser', async () => {
    const link = studio.server.stdout.match(/http:\S+#token=\S+/)?.[0] ?? ''
    const visitor = await Visitor.come(studio.browser, studio.server.url)
    const { page } = visitor
    await page.goto(link)
    await page.getByRole('heading', { name: 'Begin with a sample' }).waitFor()

    expect(page.url()).not.toContain(studio.server.token)
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, history.state]))
    expect(kept).not.toContain(studio.server.token)
    const cookies = await page.context().cookies()
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
    expect(visitor.requests.join()).not.toContain(studio.server.token)

    // A link of another server: refused, and its token does not stay in the address either.
    await page.context().clearCookies()
    await page.goto('about:blank')
    await page.goto(link.replace(studio.server.token, 'the-token-of-another-server'))
    await page.getByRole('alert').waitFor()
    expect(page.url()).not.toContain('another-server')
    // The questions whether this browser is signed in already, and the wrong token, are answered with 401.
    expect(visitor.complaintsBut(/status of 401/)).toEqual([])
    await visitor.leave()
  })

  it('[STU2] says what to do after a wrong token, and goes on to the page that was asked for', async () => {
    const visitor = await Visitor.come(studio.browser, studio.server.url)
    const { page } = visitor
    await visitor.open('/executions?status=failed')
    await page.getByLabel('Admin token').fill('not-the-token')
    await page.keyboard.press('Enter')
    const refusal = page.getByRole('alert')
    await refusal.waitFor()
    expect(await refusal.textContent()).toContain('Copy it again from the output of the start command')
    expect(visitor.path).toMatch(/^\/sign-in/)
    expect(await visitor.barriers()).toEqual([])

    await page.getByLabel('Admin token').fill(` ${studio.server.token} `)
    await visitor.button('Sign in').click()
    await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor()
    expect(visitor.path).toBe('/executions?status=failed')
    expect(visitor.complaintsBut(/status of 401/)).toEqual([])
    await visitor.leave()
  })

  it('[STU3] ends with signing out, in every tab', async () => {
    const visitor = await studio.signedIn()
    const second = await visitor.page.context().newPage()
    await second.goto(`${studio.server.url}/secrets`)
    await second.getByRole('heading', { name: 'Secrets', level: 1 }).waitFor()

    await visitor.open('/settings')
    await visitor.button('Sign out').click()
    await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await second.reload()
    await second.getByRole('heading', { name: 'Sign in' }).waitFor()
    await visitor.leave()
  })
})

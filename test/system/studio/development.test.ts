import { describe, expect, it } from 'vitest'
import { Studio } from './studio.ts'
import { Visitor } from './visitor.ts'

describe('the studio of npm run dev', () => {
  const studio = Studio.open({ isDevelopment: true })

  it('[STU42] is served from its sources, lets a person sign in and act, and reaches both Workers', async () => {
    // Both Workers answer before Vite does.
    const address = () => /serves (http[^\s,]+)/.exec(studio.server.stdout)?.[1] ?? ''
    await expect.poll(address, { timeout: 30_000 }).not.toBe('')
    const visitor = await Visitor.come(studio.browser, address())
    await visitor.open(`/sign-in#token=${studio.server.token}`)
    // The first time, Vite has to prepare what the studio imports.
    await visitor.page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor({ timeout: 60_000 })
    await visitor.button('Publish Wait a moment').click()
    await visitor.page
      .getByRole('button', { name: 'Start', exact: true })
      .and(visitor.page.locator('[type=submit]'))
      .click()
    await visitor.button('Cancel').click()
    await visitor.page.getByRole('dialog').getByRole('button', { name: 'Cancel the execution' }).click()
    await visitor.page.locator('.execution-title').getByText('Cancelled').waitFor()
    expect(visitor.complaintsBut(/status of 401/)).toEqual([])
    await visitor.leave()
  })
})

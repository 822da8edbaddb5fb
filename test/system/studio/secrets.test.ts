import { describe, expect, it } from 'vitest'
import { Studio } from './studio.ts'

describe('secrets in the studio', () => {
  const studio = Studio.open()

  it('[STU20] adds, replaces and deletes a secret, and never shows its value', async () => {
    const visitor = await studio.signedIn()
    const { page } = visitor
    const answers: Promise<string>[] = []
    page.on('response', (response) => {
      const isList = new URL(response.url()).pathname === '/api/secrets' && response.request().method() === 'GET'
      if (isList) answers.push(response.text())
    })
    await visitor.open('/secrets')
    await page.getByLabel('Name').fill('Chat Token')
    await page.getByLabel('Value').fill('the-first-value')
    expect(await visitor.button('Add').isDisabled()).toBe(true)
    await page.getByLabel('Name').fill('chat_token')
    await page.getByLabel('Hosts it may be sent to').fill('api.example.com')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const row = page.getByRole('row').filter({ hasText: 'chat_token' })
    await row.getByText('v1').waitFor()
    expect(await row.textContent()).toContain('api.example.com')
    expect(await page.getByLabel('Value').inputValue()).toBe('')

    await row.getByRole('button', { name: 'Copy the reference' }).click()
    await row.getByRole('button', { name: 'Copied the reference' }).waitFor()
    expect(await visitor.clipboard()).toBe('{{ secrets.chat_token }}')

    await visitor.button('Replace chat_token').click()
    expect(await page.getByLabel('Value').inputValue()).toBe('')
    await page.getByLabel('Value').fill('the-second-value')
    await page.getByRole('button', { name: 'Replace', exact: true }).click()
    await row.getByText('v2').waitFor()
    expect(await page.content()).not.toMatch(/the-(first|second)-value/)

    await visitor.button('Delete chat_token').click()
    await page.getByText('Steps that use it fail from the next attempt on').waitFor()
    await visitor.button('Keep it').click()
    expect(await row.count()).toBe(1)
    await visitor.button('Delete chat_token').click()
    await visitor.button('Delete the secret').click()
    await page.getByRole('heading', { name: 'No secret yet' }).waitFor()

    const bodies = await Promise.all(answers)
    expect(bodies.length).toBeGreaterThan(3)
    expect(bodies.join()).not.toMatch(/the-(first|second)-value/)
    expect(visitor.complaints).toEqual([])
    await visitor.leave()
  })
})

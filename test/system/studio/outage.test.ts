import { describe, expect, it } from 'vitest'
import type { PublishAnswer } from '../../../schemas/api/workflows.ts'
import { Studio } from './studio.ts'

describe('the studio while its server is away', () => {
  const studio = Studio.open()
  /** What the browser itself reports of a server that is gone. */
  const isGone = /ERR_CONNECTION|net::ERR|WebSocket connection|status of 50[24]/

  it('[STU21] keeps the picture of a watched execution through kill -9, says so, and goes on live', async () => {
    const { workflowId } = await studio.client.ask<PublishAnswer>('POST', '/api/samples/wait_a_moment')
    const { executionId } = await studio.client.execute(workflowId, { seconds: 600 })
    const visitor = await studio.signedIn()
    const { page } = visitor
    await visitor.open(`/executions/${executionId}`)
    await page.getByText('Live', { exact: true }).waitFor()
    const canvas = () => page.locator('.react-flow__nodes').textContent()
    const before = await canvas()
    expect(before).toContain('A moment')

    await studio.server.kill9()
    await page.getByText('Reconnecting').waitFor()
    expect(await canvas()).toBe(before)
    expect(await page.locator('.waits').textContent()).toContain('A moment')
    expect(await page.getByRole('slider', { name: 'Position in the log' }).isEnabled()).toBe(true)
    expect(await visitor.barriers()).toEqual([])

    await studio.server.restart()
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 20_000 })
    expect(await canvas()).toBe(before)
    // Not only the word: what happens now arrives by itself.
    await studio.client.ask('POST', `/actions/executions/${executionId}/cancel`, {})
    await page.getByText('Cancelled:').waitFor()
    expect(await visitor.step('A moment').textContent()).toContain('Cancelled')
    expect(visitor.complaintsBut(isGone)).toEqual([])
    await visitor.leave()
  })

  it('[STU22] keeps a list readable, says how old it is, and fills it again by itself', async () => {
    const visitor = await studio.signedIn()
    const { page } = visitor
    await visitor.open('/executions')
    const rows = page.locator('.executions tbody tr')
    await rows.first().waitFor()
    const count = await rows.count()
    visitor.complaints.length = 0
    await studio.server.kill9()
    const banner = page.getByRole('alert').filter({ hasText: 'The server does not answer.' })
    await banner.waitFor()
    expect(await banner.textContent()).toMatch(/You see what was known (just now|\d+ s ago)/)
    expect(await rows.count()).toBe(count)
    await page.getByRole('link', { name: 'Secrets' }).click()
    await page.getByRole('heading', { name: 'Secrets', level: 1 }).waitFor()
    await page.getByRole('heading', { name: 'The server does not answer' }).waitFor()
    expect(await visitor.barriers()).toEqual([])

    await studio.server.restart()
    await page.getByRole('heading', { name: 'No secret yet' }).waitFor({ timeout: 20_000 })
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(visitor.complaintsBut(isGone)).toEqual([])
    await visitor.leave()
  })
})

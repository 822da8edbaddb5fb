import { beforeAll, describe, expect, it } from 'vitest'
import type { PublishAnswer, Sample } from '../../../schemas/api/workflows.ts'
import { Studio } from './studio.ts'

describe('every page of the studio', () => {
  const studio = Studio.open()
  /** Paths with what shows that the page is there. */
  const pages = new Map<string, string>()
  beforeAll(async () => {
    const { items } = await studio.client.ask<{ items: Sample[] }>('GET', '/api/samples')
    const ids = new Map<string, { workflowId: string; hookUrl: string | undefined }>()
    for (const sample of items) {
      const { workflowId, hooks } = await studio.client.ask<PublishAnswer>('POST', `/api/samples/${sample.id}`)
      ids.set(sample.id, { workflowId, hookUrl: hooks[0]?.url })
    }
    const workflow = (id: string) => ids.get(id)?.workflowId ?? ''
    const failed = await studio.client.execute(workflow('when_it_fails'), { bill: -7, people: 2 }, 5_000)
    const waiting = await studio.client.execute(workflow('wait_a_moment'), { seconds: 3600 })
    await studio.client.putSecret('a_name_that_is_rather_long_for_a_narrow_screen', 'value', ['hooks.chat.example.com'])
    await studio.server.fetch(new URL(ids.get('order_triage')?.hookUrl ?? '').pathname, {
      method: 'POST',
      body: '{"total": 5}',
    })
    pages.set('/', '.workflows .row-link')
    pages.set(`/workflows/${workflow('order_triage')}?node=route`, '.node-card')
    pages.set('/executions', '.executions .row-link')
    pages.set('/executions?status=quarantined', '.empty')
    pages.set(`/executions/${failed.executionId}?step=refuse`, '.step-panel .failure')
    pages.set(`/executions/${failed.executionId}?view=events&at=2`, '.event-row')
    pages.set(`/executions/${waiting.executionId}?view=data`, '.data .json')
    pages.set(`/executions/${waiting.executionId}`, '.bar-ahead')
    pages.set('/webhooks', '.delivery-line')
    pages.set('/secrets', '.cell-actions')
    pages.set('/settings', '.choices')
    pages.set(`/executions/${'0'.repeat(64)}`, '.error-card')
    pages.set('/no-such-page', '.empty')
  })

  for (const theme of ['light', 'dark'] as const) {
    it(`[STU23] has nothing that axe calls serious, in ${theme}, and makes the browser complain about nothing`, async () => {
      const visitor = await studio.signedIn({ theme })
      const barriers: string[] = []
      for (const [path, shown] of pages) {
        await visitor.open(path)
        await visitor.page.locator(shown).first().waitFor()
        barriers.push(...(await visitor.barriers()))
      }
      expect(barriers).toEqual([])
      // The answer about the execution that does not exist.
      expect(visitor.complaintsBut(/status of 404/)).toEqual([])
      await visitor.leave()
    })
  }

  it('[STU24] fits a screen of 390 pixels without scrolling sideways', async () => {
    const visitor = await studio.signedIn({ width: 390, height: 844 })
    const tooWide: string[] = []
    for (const [path, shown] of pages) {
      await visitor.open(path)
      await visitor.page.locator(shown).first().waitFor()
      const width = await visitor.page.evaluate(() => document.documentElement.scrollWidth)
      if (width > 390) tooWide.push(`${path}: ${width}`)
    }
    expect(tooWide).toEqual([])
    await visitor.leave()
  })

  it('[STU25] runs no script and loads no style but its own', async () => {
    const visitor = await studio.signedIn()
    const { page } = visitor
    const answer = await page.goto(`${studio.server.url}/`)
    expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    await page.locator('.row-link').first().waitFor()
    const foreign = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective))
          const script = document.createElement('img')
          script.src = 'https://elsewhere.example/pixel.gif'
          document.body.append(script)
        }),
    )
    expect(foreign).toBe('img-src')
    expect(visitor.complaints.join()).toContain('Content Security Policy')
    await visitor.leave()
  })
})

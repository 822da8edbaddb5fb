import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { PublishAnswer } from '../../../schemas/api/workflows.ts'
import { Studio } from './studio.ts'

describe('an execution whose log does not verify', () => {
  const studio = Studio.open()
  const waiting = async () => {
    const { workflowId } = await studio.client.ask<PublishAnswer>('POST', '/api/samples/wait_a_moment')
    return (await studio.client.execute(workflowId, { seconds: 600 })).executionId
  }
  /** As a bad disk does, while nobody looks. */
  const damage = (id: string, position: number) => {
    const file = join(studio.server.dataFolder, `storage/do/stepwell-runtime-ExecutionObject/${id}.sqlite`)
    const database = new DatabaseSync(file)
    const { changes } = database.prepare("UPDATE events SET body = 'x' WHERE position = ?").run(position)
    database.close()
    expect(changes).toBe(1)
  }

  it('[STU41] is shown as far as it is sound, says why it stands still, and offers nothing that cannot be done', async () => {
    const [half, none] = [await waiting(), await waiting()]
    await studio.server.kill9()
    damage(half, 2)
    damage(none, 1)
    await studio.server.restart()

    const visitor = await studio.signedIn()
    const { page } = visitor
    await visitor.open(`/executions/${half}`)
    const card = page.getByRole('alert')
    await card.getByText('What is shown ends with event 1').waitFor()
    expect(await card.textContent()).toContain('the log did not verify after position 1')
    expect(await page.locator('.execution-title > .status').textContent()).toBe('Quarantined')
    expect(await visitor.button('Pause').count()).toBe(0)
    expect(await visitor.barriers()).toEqual([])

    await visitor.open(`/executions/${none}`)
    await card.getByText('None of its log can be shown').waitFor()
    expect(await visitor.barriers()).toEqual([])
    expect(visitor.complaints).toEqual([])
    await visitor.leave()
  })
})

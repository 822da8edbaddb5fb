import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PublishAnswer } from '../../../schemas/api/workflows.ts'
import { Studio } from './studio.ts'

/** The slider folds the log in the browser: it may ask the runtime for nothing. */
describe('moments of an execution', () => {
  const studio = Studio.visited()
  let executionId: string
  let last: number
  beforeAll(async () => {
    const { workflowId } = await studio.client.ask<PublishAnswer>('POST', '/api/samples/when_it_fails')
    executionId = (await studio.client.execute(workflowId, { bill: 90, people: 0 }, 5_000)).executionId
    last = (await studio.client.events(executionId)).length
  })
  beforeEach(async () => {
    await studio.visitor.open(`/executions/${executionId}`)
    await studio.visitor.page.getByText(`Event ${last} of ${last}`).waitFor()
    studio.visitor.forgetRequests()
  })
  const slider = () => studio.visitor.page.getByRole('slider', { name: 'Position in the log' })
  const asked = () =>
    studio.visitor.requests.filter((path) => path.startsWith('/actions') || path.startsWith('/api/exec'))
  /** The status of every step as the canvas shows it. */
  const picture = async () => {
    const nodes = studio.visitor.page.locator('.react-flow__node')
    return Object.fromEntries(
      await nodes.evaluateAll((elements) =>
        elements.map((element) => [
          element.querySelector('.step-name')?.textContent ?? '',
          element.querySelector('.status')?.textContent ?? '',
        ]),
      ),
    )
  }

  it('[STU11] shows the canvas of an older position by mouse, and asks the runtime for nothing', async () => {
    const before = await picture()
    expect(before).toMatchObject({ 'Share it': 'Failed', 'Say why': 'Succeeded', 'Refuse it': 'Skipped' })

    const box = await slider().boundingBox()
    if (box === null) throw new Error('the slider is drawn')
    await studio.visitor.page.mouse.move(box.x + box.width - 8, box.y + box.height / 2)
    await studio.visitor.page.mouse.down()
    await studio.visitor.page.mouse.move(box.x + 9, box.y + box.height / 2, { steps: 12 })
    await studio.visitor.page.mouse.up()
    await studio.visitor.page.getByText(`Event 1 of ${last}`).waitFor()
    expect(await picture()).toMatchObject({ Bill: 'Succeeded', 'Share it': 'Not reached', 'Refuse it': 'Not reached' })
    expect(await studio.visitor.page.locator('.then-chip').textContent()).toContain('Running')
    await expect.poll(() => studio.visitor.path).toBe(`/executions/${executionId}?at=1`)

    await studio.visitor.button('Past · back to the end').click()
    await studio.visitor.page.getByText(`Event ${last} of ${last}`).waitFor()
    expect(await picture()).toEqual(before)
    await expect.poll(() => studio.visitor.path).toBe(`/executions/${executionId}`)
    expect(asked()).toEqual([])
  })

  it('[STU12] moves by arrows, Home, End and the page keys, on the slider and beside it', async () => {
    const { keyboard } = studio.visitor.page
    const shows = (position: number) => studio.visitor.page.getByText(`Event ${position} of ${last}`).waitFor()
    await slider().focus()
    for (const [key, position] of [
      ['Home', 1],
      ['ArrowRight', 2],
      ['ArrowRight', 3],
      ['ArrowLeft', 2],
      ['End', last],
    ] as const) {
      await keyboard.press(key)
      await shows(position)
    }
    await studio.visitor.step('Share it').focus()
    await keyboard.press('ArrowLeft')
    await shows(last - 1)
    await keyboard.press('Home')
    await shows(1)
    await studio.visitor.button('Event after').click()
    await shows(2)
    expect(asked()).toEqual([])
  })

  it('[STU13] keeps the moment in the address: a reload and another browser show the same', async () => {
    await slider().focus()
    for (const key of ['Home', 'ArrowRight', 'ArrowRight']) await studio.visitor.page.keyboard.press(key)
    await studio.visitor.page.getByText(`Event 3 of ${last}`).waitFor()
    const then = await picture()
    await expect.poll(() => studio.visitor.path).toContain('at=3')
    await studio.visitor.page.reload()
    await studio.visitor.page.getByText(`Event 3 of ${last}`).waitFor()
    expect(await picture()).toEqual(then)

    const other = await studio.signedIn({ theme: 'dark' })
    await other.open(studio.visitor.path)
    await other.page.getByText(`Event 3 of ${last}`).waitFor()
    expect(await other.step('Share it').textContent()).toContain('Not reached')
    await other.leave()
  })

  it('[STU14] stays at its moment while the execution goes on, and comes back to live', async () => {
    const { workflowId } = await studio.client.ask<PublishAnswer>('POST', '/api/samples/wait_a_moment')
    const waiting = await studio.client.execute(workflowId, { seconds: 4 })
    await studio.visitor.open(`/executions/${waiting.executionId}`)
    await studio.visitor.page.locator('.waits').waitFor()
    await slider().focus()
    await studio.visitor.page.keyboard.press('Home')
    await studio.visitor.button('Past · back to live').waitFor()
    await studio.visitor.page.getByText('Complete', { exact: true }).waitFor()
    const whole = (await studio.client.events(waiting.executionId)).length
    await studio.visitor.page.getByText(`Event 1 of ${whole}`).waitFor()
    expect(await studio.visitor.step('After').textContent()).toContain('Not reached')
    await studio.visitor.button('Past · back to the end').click()
    await expect.poll(() => studio.visitor.step('After').textContent()).toContain('Succeeded')
  })
})

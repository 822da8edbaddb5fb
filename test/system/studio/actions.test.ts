import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PublishAnswer } from '../../../schemas/api/workflows.ts'
import { Sink } from '../../support/sink.ts'
import { Studio } from './studio.ts'

/** A start, one step that calls the sink, and a line in the log. */
const calling = (url: string, call: object = {}) => ({
  name: 'One call',
  nodes: [
    { id: 'start', kind: 'manual' },
    { id: 'call', kind: 'http', name: 'Call', config: { method: 'POST', url, body: { amount: 5 } }, ...call },
    { id: 'after', kind: 'log', name: 'After', config: { message: 'done' } },
  ],
  edges: [
    { from: 'start', to: 'call' },
    { from: 'call', to: 'after' },
  ],
})

const signalled = {
  name: 'Paid or not',
  nodes: [
    { id: 'start', kind: 'manual' },
    {
      id: 'payment',
      kind: 'wait',
      name: 'Payment',
      config: { for: 'signal', name: 'paid', match: 'signal.amount > 10.0' },
    },
    { id: 'after', kind: 'log', name: 'After', config: { message: 'done' } },
  ],
  edges: [
    { from: 'start', to: 'payment' },
    { from: 'payment', to: 'after' },
  ],
}

describe('what people do to an execution', () => {
  const studio = Studio.visited({ env: { ALLOW_PRIVATE_NETWORK: '1' } })
  let sink: Sink
  let isMended = false
  beforeAll(async () => {
    sink = await Sink.start(({ path }) => {
      if (path === '/slow') return { delayMs: 60_000, body: '{}' }
      return isMended ? { body: '{"ok": true}' } : { status: 503, body: '{}' }
    })
  })
  afterAll(async () => {
    sink.stop()
  })
  const sample = async (id: string, input: unknown, waitMs = 0) => {
    const { workflowId } = await studio.client.ask<PublishAnswer>('POST', `/api/samples/${id}`)
    return (await studio.client.execute(workflowId, input, waitMs)).executionId
  }
  const open = (id: string, query = '') => studio.visitor.open(`/executions/${id}${query}`)
  const status = () => studio.visitor.page.locator('.execution-title > .status')
  const becomes = (text: string) => expect.poll(() => status().textContent(), { timeout: 15_000 }).toBe(text)
  const dialog = (name: string) => studio.visitor.page.getByRole('dialog', { name })
  const confirm = (name: string, button: string) =>
    dialog(name).getByRole('button', { name: button, exact: true }).click()

  it('[STU28] shows what an approval asks, takes the answers of its form, and says what follows first', async () => {
    const id = await sample('approval_with_reminder', { who: 'Ada', amount: 120, why: 'a keyboard' })
    await studio.visitor.open('/executions')
    const row = studio.visitor.page.getByRole('row').filter({ hasText: 'Approval with reminder' })
    await expect.poll(() => row.first().textContent()).toContain('Waitingan approval')
    await open(id)
    await studio.visitor.page.locator('.waits').getByRole('button', { name: 'Ask' }).click()
    await studio.visitor.page.getByText('Ada asks for 120 €: a keyboard').waitFor()
    await studio.visitor.page.getByRole('button', { name: 'Copy the approval link' }).click()
    expect(await studio.visitor.clipboard()).toContain('/actions/approve/')
    await studio.visitor.button('Approve Ask').click()
    const asked = dialog('Approve Ask?')
    expect(await asked.textContent()).toContain('It leaves by approved: Granted follows.')
    expect(await studio.visitor.barriers()).toEqual([])
    await asked.getByLabel(/^Comment/).fill('enjoy it')
    await confirm('Approve Ask?', 'Approve')
    await becomes('Succeeded')
    const decided = (await studio.client.events(id)).find(
      (event) => event.type === 'StepSucceeded' && event.step === 'ask',
    )
    expect(decided).toMatchObject({ output: { decision: 'approved', data: { comment: 'enjoy it' } } })
    expect(await studio.visitor.button('Approve Ask').count()).toBe(0)
  })

  it('[STU29] pauses and resumes, and says what stands still', async () => {
    const id = await sample('wait_a_moment', { seconds: 600 })
    await open(id)
    await studio.visitor.button('Pause').click()
    expect(await dialog('Pause this execution?').textContent()).toContain('Nothing begins until it is resumed.')
    expect(await studio.visitor.barriers()).toEqual([])
    await confirm('Pause this execution?', 'Pause')
    await becomes('Paused')
    await studio.visitor.page.getByText('Paused by a person. Timers stand still. Nothing is in flight.').waitFor()
    await studio.visitor.button('Resume').click()
    await confirm('Resume this execution?', 'Resume')
    await becomes('Waiting')
    expect((await studio.client.execution(id)).status).toBe('waiting')
  })

  it('[STU30] retries what failed, and follows the execution that goes on after its end', async () => {
    const { workflowId } = await studio.client.publish(calling(`${sink.url}/call`))
    const { executionId } = await studio.client.execute(workflowId, {}, 10_000)
    await open(executionId, '?step=call')
    await becomes('Failed')
    isMended = true
    await studio.visitor.button('Retry').click()
    expect(await dialog('Retry this execution?').textContent()).toContain('with the same idempotency key')
    await confirm('Retry this execution?', 'Retry')
    await becomes('Succeeded')
    expect(await studio.visitor.page.getByRole('region', { name: 'Attempts' }).getByRole('listitem').count()).toBe(2)
    expect(await studio.visitor.page.locator('.timeline-flag').textContent()).toBe('Retried')
  })

  it('[STU31] does not offer a retry that would fail in the same way, and says why not', async () => {
    const id = await sample('when_it_fails', { bill: -7, people: 2 }, 5_000)
    await open(id)
    const retry = studio.visitor.button('Retry')
    await retry.focus()
    expect(await retry.getAttribute('aria-disabled')).toBe('true')
    expect(await retry.getAttribute('title')).toBe('Refuse it only computes: it would fail in the same way again.')
    await retry.click({ force: true })
    expect(await studio.visitor.page.getByRole('dialog').count()).toBe(0)
  })

  it('[STU32] suggests the signal that a step waits for, and shows a refusal of its data where it is typed', async () => {
    const { workflowId } = await studio.client.publish(signalled)
    const { executionId } = await studio.client.execute(workflowId, {})
    await open(executionId)
    await studio.visitor.button('Signal').click()
    const asked = dialog('Send a signal')
    expect(await asked.getByLabel('Name').inputValue()).toBe('paid')
    expect(await asked.textContent()).toContain('Payment waits for it and goes on, if signal.amount > 10.0.')
    await asked.getByLabel('Data, as JSON').fill('{"amount": 40')
    await asked.getByText('This is not JSON yet').waitFor()
    expect(await asked.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true)
    expect(await studio.visitor.barriers()).toEqual([])
    await asked.getByLabel('Data, as JSON').fill('{"amount": 40.0}')
    await confirm('Send a signal', 'Send')
    await becomes('Succeeded')
  })

  it('[STU33] lists what a cancel would undo before it does', async () => {
    isMended = true
    const graph = calling(`${sink.url}/call`)
    const { workflowId } = await studio.client.publish({
      ...graph,
      nodes: [
        ...graph.nodes,
        { id: 'rest', kind: 'delay', name: 'Rest', config: { ms: 600_000 } },
        { id: 'refund', kind: 'http', name: 'Refund', config: { method: 'POST', url: `${sink.url}/refund` } },
      ],
      edges: [...graph.edges, { from: 'after', to: 'rest' }, { from: 'call', port: 'compensate', to: 'refund' }],
    })
    const { executionId } = await studio.client.execute(workflowId, {})
    await open(executionId)
    await becomes('Waiting')
    await studio.visitor.button('Cancel').click()
    const asked = dialog('Cancel this execution?')
    await asked.getByLabel(/^Undo what was done: 1 step/).check()
    const plan = asked.getByRole('list', { name: /^What would be undone/ })
    await plan.getByText('undoes Call').waitFor()
    expect(await plan.textContent()).toContain(`${sink.url}/refund`)
    expect(await studio.visitor.barriers()).toEqual([])
    expect((await studio.client.execution(executionId)).status).toBe('waiting')
    await asked.getByLabel('Why').fill('The customer left')
    await confirm('Cancel this execution?', 'Cancel, and undo')
    await becomes('Cancelled')
    await studio.visitor.page.getByText('Cancelled: The customer left').waitFor()
    expect(await studio.visitor.page.locator('.timeline-rows').textContent()).toContain('Refund undoes Call')
  })

  it('[STU34] asks a person what a step did that a crash left open, and goes on with the answer', async () => {
    const { workflowId } = await studio.client.publish(calling(`${sink.url}/slow`, { once: true }))
    const { executionId } = await studio.client.execute(workflowId, {})
    await expect.poll(() => sink.calls.filter(({ path }) => path === '/slow').length).toBe(1)
    // Nothing asks while nobody answers.
    await studio.visitor.page.goto('about:blank')
    await studio.server.kill9()
    await studio.server.restart()
    await expect
      .poll(async () => (await studio.client.execution(executionId)).status, { timeout: 20_000 })
      .toBe('paused')
    await open(executionId)
    await studio.visitor.page.getByText('Paused because it is unknown what Call did: a person must say.').waitFor()
    expect(await studio.visitor.button('Resume').getAttribute('title')).toBe(
      'Say first what Call did: then it goes on.',
    )
    await studio.visitor.page.locator('.waits').getByRole('button', { name: 'Call' }).click()
    await studio.visitor.button('It succeeded').click()
    const asked = dialog('Call succeeded?')
    expect(await asked.textContent()).toContain('Nothing is sent.')
    expect(await studio.visitor.barriers()).toEqual([])
    await asked.getByLabel('Its output, as JSON').fill('{"paid": true}')
    await confirm('Call succeeded?', 'It succeeded')
    await becomes('Succeeded')
    expect(sink.calls.filter(({ path }) => path === '/slow')).toHaveLength(1)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ExecutionView } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import { type LocalServer, localServer } from '../steps/local-server.ts'
import { HostileCaller } from './hostile-caller.ts'

/** One step after a manual start; the answer says how it went, so a failed step is not a broken object. */
const oneStep = (step: object) => ({
  name: 'One step',
  nodes: [
    { id: 'start', kind: 'manual' },
    { id: 'it', onError: 'port', ...step },
    { id: 'fine', kind: 'transform', config: { fields: { fine: true } } },
    { id: 'sorry', kind: 'transform', config: { fields: { error: '{{ steps.it.error }}' } } },
  ],
  edges: [
    { from: 'start', to: 'it' },
    { from: 'it', to: 'fine' },
    { from: 'it', port: 'error', to: 'sorry' },
  ],
})
const calling = (url: string, more: object = {}) => oneStep({ kind: 'http', config: { url, ...more } })

/** Issue 2, "Bad input": what only turns out to be wrong while a step is carried out fails that step, and nothing else. */
describe('steps that cannot succeed', () => {
  let caller: HostileCaller
  let big: LocalServer
  beforeAll(async () => {
    big = await localServer((request, response) => {
      const size = Number(request.url.slice(1))
      response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(size))
    })
    caller = await HostileCaller.start({ env: { ALLOW_PRIVATE_NETWORK: '1' } })
  })
  afterAll(async () => {
    await caller.end()
    await big.close()
  })

  /** Publishes and executes, and gives the end together with the whole log. */
  async function carriedOut(
    graph: Parameters<typeof caller.client.publish>[0],
    input: unknown,
  ): Promise<ExecutionView> {
    const { workflowId } = await caller.client.publish(graph)
    const { executionId } = await caller.client.execute(workflowId, input, 20_000)
    const view = await caller.client.execution(executionId)
    expect((await caller.client.events(executionId)).length).toBe(view.position)
    return view
  }

  it('[BAD18] fails a transform whose output is over the limit, and goes on by its error port', async () => {
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`copy_${at}`, '{{ trigger.body.text }}']))
    const graph = oneStep({ kind: 'transform', config: { fields: wide } })
    const text = 'x'.repeat(limits.stepOutputBytes / 20)
    expect(await carriedOut(graph, { text })).toMatchObject({
      status: 'succeeded',
      output: {
        error: { code: 'expression_failed', message: expect.stringContaining('larger than a step may put out') },
      },
    })
    expect(await carriedOut(graph, { text: 'short' })).toMatchObject({ status: 'succeeded', output: { fine: true } })
  })

  it('[BAD18] fails an http step whose answer is over the limit, and takes one that is not', async () => {
    expect(await carriedOut(calling(`${big.origin}/${limits.httpResponseBytes + 1}`), null)).toMatchObject({
      status: 'succeeded',
      output: { error: { code: 'response_too_large', message: expect.stringContaining('larger than') } },
    })
    const largest = calling(`${big.origin}/${limits.stepOutputBytes - 2_000}`)
    expect(await carriedOut(largest, null)).toMatchObject({ status: 'succeeded', output: { fine: true } })
  })

  it('[BAD18] fails the execution, with the reason, where nothing takes the error', async () => {
    const { nodes, edges } = calling(`${big.origin}/${limits.httpResponseBytes + 1}`)
    const graph = {
      name: 'x',
      nodes: nodes.slice(0, 3).map((node) => (node.id === 'it' ? { ...node, onError: 'fail' } : node)),
      edges: edges.slice(0, 2),
    }
    const view = await carriedOut(graph, null)
    expect(view).toMatchObject({ status: 'failed', error: { code: 'response_too_large', step: 'it' } })
  })

  it.each([
    'file:///etc/passwd',
    'data:text/plain,hello',
    'ftp://example.com/',
    'javascript:alert(1)',
    'http://user:password@example.com/',
    'no url at all',
    '',
  ])('[BAD19] refuses to call %j that data names', async (url) => {
    const view = await carriedOut(calling('{{ trigger.body.url }}'), { url })
    expect(view).toMatchObject({
      status: 'succeeded',
      output: { error: { code: expect.stringMatching(/^(url|request)_invalid$/) } },
    })
  })

  it('[BAD17] never broke, never showed its inside, and still serves', () => caller.expectUnbroken())
})

describe('calls into the private network', () => {
  let caller: HostileCaller
  let secret: LocalServer
  beforeAll(async () => {
    secret = await localServer((_, response) => void response.end('the inside'))
    caller = await HostileCaller.start()
  })
  afterAll(async () => {
    await caller.end()
    await secret.close()
  })

  it.each([
    '127.0.0.1',
    'localhost',
    'LOCALHOST.',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '10.0.0.1',
    '192.168.1.1',
    '[fd00::1]',
    'metadata.internal',
    '１２７.０.０.１',
  ])('[BAD20] refuses http://%s, written out or named by data', async (host) => {
    const url = `http://${host}:${new URL(secret.origin).port}/`
    for (const graph of [calling(url), calling('{{ trigger.body.url }}')]) {
      const { workflowId } = await caller.client.publish(graph)
      const done = await caller.client.execute(workflowId, { url }, 20_000)
      const message = expect.stringMatching(/not on the public internet.*ALLOW_PRIVATE_NETWORK=1/)
      expect(done).toMatchObject({ status: 'succeeded', output: { error: { code: 'address_refused', message } } })
    }
  })

  it('[BAD20] never reached what listens there', () => {
    expect(secret.received).toEqual([])
  })

  it('[BAD17] never broke, never showed its inside, and still serves', () => caller.expectUnbroken())
})

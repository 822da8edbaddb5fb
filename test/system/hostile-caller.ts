import { expect } from 'vitest'

import type { PublishAnswer } from '../../schemas/api/workflows.ts'
import { type RawAnswer, type RawBody, rawRequest } from '../support/raw-request.ts'
import { startServer, type TestServer, type TestServerOptions } from '../support/server.ts'
import { StepwellClient } from '../support/stepwell-client.ts'
import { Witness } from '../support/witness.ts'

export const drafts = '/api/actions/drafts'

const receiver = {
  name: 'Receiver',
  nodes: [
    { id: 'hook', kind: 'webhook', config: { respond: 'result' } },
    { id: 'reply', kind: 'respond', config: { body: '{{ trigger }}' } },
  ],
  edges: [{ from: 'hook', to: 'reply' }],
}
const asking = {
  name: 'Asks for an order',
  nodes: [
    {
      id: 'start',
      kind: 'manual',
      config: { input: { type: 'object', properties: { total: { type: 'number', minimum: 1 } }, required: ['total'] } },
    },
    { id: 'reply', kind: 'respond', config: { body: '{{ trigger.body }}' } },
  ],
  edges: [{ from: 'start', to: 'reply' }],
}

/** Waits for a signal, a person and a service at once. */
const patient = {
  name: 'Waits for everybody',
  nodes: [
    { id: 'start', kind: 'manual' },
    { id: 'packed', kind: 'wait', config: { for: 'signal', name: 'packed' } },
    {
      id: 'boss',
      kind: 'wait',
      config: {
        for: 'approval',
        form: { type: 'object', properties: { total: { type: 'number', maximum: 9 } }, required: ['total'] },
      },
    },
    { id: 'paid', kind: 'wait', config: { for: 'callback' } },
  ],
  edges: [
    { from: 'start', to: 'packed' },
    { from: 'start', to: 'boss' },
    { from: 'start', to: 'paid' },
  ],
}

export const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code]

/** Somebody with the token and bad manners, who remembers every answer. */
export class HostileCaller {
  readonly server: TestServer
  readonly witness: Witness
  readonly client: StepwellClient
  /** A workflow with a webhook that answers with its trigger, and one with a manual start that wants a `total`. */
  readonly hooked: PublishAnswer
  readonly manual: PublishAnswer
  /** Path of an execution that waits for the signal `packed`, the approval `boss` and the callback `paid`. */
  readonly waiting: string
  readonly #statuses: { readonly what: string; readonly status: number }[] = []

  private constructor(
    server: TestServer,
    witness: Witness,
    hooked: PublishAnswer,
    manual: PublishAnswer,
    waiting: string,
  ) {
    this.server = server
    this.witness = witness
    this.client = new StepwellClient(witness)
    this.hooked = hooked
    this.manual = manual
    this.waiting = waiting
  }

  static async start(options: TestServerOptions = {}): Promise<HostileCaller> {
    const server = await startServer(options)
    const witness = new Witness(server)
    const client = new StepwellClient(witness)
    const { workflowId } = await client.publish(patient)
    const { executionId } = await client.execute(workflowId, null)
    const waiting = `/actions/executions/${executionId}`
    return new HostileCaller(server, witness, await client.publish(receiver), await client.publish(asking), waiting)
  }

  /** Path of the webhook. */
  get hook(): string {
    return new URL(this.hooked.hooks[0]?.url ?? '').pathname
  }

  /** One address of each kind that takes a JSON body. */
  get takers(): readonly string[] {
    return [
      drafts,
      `/actions/execute/${this.manual.workflowId}`,
      '/actions/deploy',
      this.hook,
      '/api/session',
      '/actions/events',
      `${this.waiting}/signal`,
      `${this.waiting}/cancel`,
    ]
  }

  async ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await this.witness.fetch(path, { method, ...init })
    this.#statuses.push({ what: `${method} ${path}`, status: answer.status })
    return answer
  }

  send(method: string, path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
    return this.ask(method, path, { body, headers: { 'content-type': 'application/json', ...headers } })
  }

  async raw(method: string, path: string, body?: RawBody, more: object = {}): Promise<RawAnswer> {
    const headers = { authorization: `Bearer ${this.server.token}`, 'content-type': 'application/json', ...more }
    const answer = await rawRequest(this.server.url, path, { method, headers, ...(body === undefined ? {} : { body }) })
    this.witness.note(`raw ${method} ${path}`, `${JSON.stringify(answer.headers)}\n${answer.text}`)
    this.#statuses.push({ what: `raw ${method} ${path}`, status: answer.status })
    return answer
  }

  /** No answer was a fault, none showed a stack, a path or the token, nothing was complained about, and the server still works. */
  async expectUnbroken(): Promise<void> {
    expect(this.#statuses.filter(({ status }) => status >= 500)).toEqual([])
    const inside = /\.(ts|js|mjs):\d+|\bat \S+ \(|node_modules|SQLITE|stepwell-test-/
    const shown = this.witness.seen.filter(({ text }) => inside.test(text) || text.includes(this.server.token))
    expect(shown.map(({ name, text }) => `${name}: ${text.slice(0, 300)}`)).toEqual([])
    const done = await this.client.execute(this.manual.workflowId, { total: 1 }, 5_000)
    expect(done).toMatchObject({ status: 'succeeded' })
    expect(this.server.process.exitCode).toBeNull()
    expect(this.server.stderr).toBe('')
  }

  async end(): Promise<void> {
    await this.server.stop()
  }
}

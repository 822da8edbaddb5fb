import { expect } from 'vitest'

import type { ExecutionStatus, ExecutionView } from '../../schemas/api/executions.ts'
import type { PublishAnswer } from '../../schemas/api/workflows.ts'
import { graphOf } from '../support/graphs.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { Sink, type SinkAnswer, type SinkCall } from '../support/sink.ts'
import { StepwellClient } from '../support/stepwell-client.ts'
import type { Drawing } from './every-kind-workflows.ts'

/** What an endpoint answers to its n-th call, counted from 0. */
type Play = (call: SinkCall, n: number) => SinkAnswer

/** What came back as JSON. Its `status` is that of HTTP. */
type Answer = Readonly<Record<string, unknown>> & { readonly status: number }

/** A real server, and beside it the world that its steps call: endpoints that answer what a test says, and keep every call. */
export class Stage {
  readonly server: TestServer
  readonly client: StepwellClient
  /** The kinds of all the nodes that were published. */
  readonly kinds = new Set<string>()
  readonly #sink: Sink
  readonly #plays: Map<string, Play>

  private constructor(server: TestServer, sink: Sink, plays: Map<string, Play>) {
    this.server = server
    this.client = new StepwellClient(server)
    this.#sink = sink
    this.#plays = plays
  }

  static async start(): Promise<Stage> {
    const plays = new Map<string, Play>()
    const seen = new Map<string, number>()
    const sink = await Sink.start((call) => {
      const name = nameOf(call)
      const n = seen.get(name) ?? 0
      seen.set(name, n + 1)
      return plays.get(name)?.(call, n) ?? { status: 404 }
    })
    return new Stage(await startServer({ env: { ALLOW_PRIVATE_NETWORK: '1' } }), sink, plays)
  }

  /** Opens an endpoint and gives its address. */
  endpoint(name: string, play: Play = () => ({ body: '{"ok":true}' })): string {
    this.#plays.set(name, play)
    return `${this.#sink.url}/${name}`
  }

  calls(name: string): readonly SinkCall[] {
    return this.#sink.calls.filter((call) => nameOf(call) === name)
  }

  async publish({ name, nodes, edges }: Drawing): Promise<PublishAnswer> {
    for (const { kind } of nodes) this.kinds.add(kind)
    return await this.client.publish({ ...graphOf(nodes, edges), name })
  }

  /** Publishes and executes. */
  async execute(drawing: Drawing, input: unknown = null): Promise<string> {
    const { workflowId } = await this.publish(drawing)
    return (await this.client.execute(workflowId, input)).executionId
  }

  /** The execution as soon as it has this status. */
  async reached(id: string, status: ExecutionStatus): Promise<ExecutionView> {
    await expect.poll(async () => (await this.client.execution(id)).status, poll).toBe(status)
    return await this.client.execution(id)
  }

  /** The executions of a workflow, oldest first, as soon as there are so many that have ended. */
  async ended(workflowId: string, count: number): Promise<ExecutionView[]> {
    const rows = () => this.client.executions(`&workflow=${workflowId}&status=succeeded,failed,cancelled`)
    await expect.poll(async () => (await rows()).length, poll).toBe(count)
    const views = await Promise.all((await rows()).map(({ id }) => this.client.execution(id)))
    return views.sort((one, other) => one.startedAt - other.startedAt)
  }

  /** What a person or a program asks of an execution. */
  ask(id: string, verb: string, body: unknown = {}): Promise<Answer> {
    return this.post(`${this.server.url}/actions/executions/${id}/${verb}`, body, `Bearer ${this.server.token}`)
  }

  /** As anybody can who has the address. */
  async post(url: string, body: unknown, authorization?: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers })
    return { ...((await response.json()) as object), status: response.status }
  }

  async end(): Promise<void> {
    await this.server.stop()
    this.#sink.stop()
  }
}

const poll = { timeout: 20_000, interval: 50 }

const nameOf = ({ path }: SinkCall): string => /^\/([^/?]*)/.exec(path)?.[1] ?? ''

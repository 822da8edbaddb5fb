import type { ExecuteAnswer, ExecutionList, ExecutionView } from '../../schemas/api/executions.ts'
import type { PublishAnswer } from '../../schemas/api/workflows.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { TestServer } from './server.ts'

type GraphInput = {
  readonly name: string
  readonly nodes: readonly object[]
  readonly edges: readonly object[]
  readonly settings?: object
}

/** A server as a program uses it: by HTTP with the admin token. Answers that are not 2xx are thrown with their text. */
export class StepwellClient {
  readonly #server: Pick<TestServer, 'fetch'>

  constructor(server: Pick<TestServer, 'fetch'>) {
    this.#server = server
  }

  async publish(graph: GraphInput): Promise<PublishAnswer> {
    const draft = await this.ask<{ id: string }>('POST', '/api/actions/drafts', graph)
    return this.ask('POST', `/api/actions/drafts/${draft.id}/publish`)
  }

  putSecret(name: string, value: string, hosts: readonly string[] = []): Promise<unknown> {
    return this.ask('PUT', `/api/secrets/${name}`, { value, hosts })
  }

  execute(workflowId: string, input: unknown, waitMs = 0): Promise<ExecuteAnswer> {
    return this.ask('POST', `/actions/execute/${workflowId}?wait=${waitMs}`, input)
  }

  execution(id: string): Promise<ExecutionView> {
    return this.ask('GET', `/actions/executions/${id}`)
  }

  state(id: string): Promise<unknown> {
    return this.ask('GET', `/actions/executions/${id}/state`)
  }

  /** The whole log, page by page. */
  async events(id: string): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = []
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: { events: RecordedEvent[]; next?: number } = await this.ask(
        'GET',
        `/actions/executions/${id}/events?after=${after}`,
      )
      events.push(...page.events)
      after = page.next
    }
    return events
  }

  /** Every row of the executions list, page by page. */
  async executions(query = ''): Promise<ExecutionList['items'][number][]> {
    const items: ExecutionList['items'][number][] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: ExecutionList = await this.ask(
        'GET',
        `/api/executions?limit=200${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      items.push(...page.items)
      cursor = page.next
    }
    return items
  }

  async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.#server.fetch(path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }
}

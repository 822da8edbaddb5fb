import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

import { decide, initialState } from '../../runtime/engine/index.ts'
import { deliver } from '../../runtime/objects/deliver.ts'
import { type HookRequest, verificationRefusal } from '../../runtime/objects/delivery.ts'
import { execute } from '../../runtime/objects/execute.ts'
import { Journal } from '../../runtime/objects/journal.ts'
import { Outbox } from '../../runtime/objects/outbox.ts'
import { PublishedVersion } from '../../runtime/objects/published-version.ts'
import type { Wait } from '../../runtime/objects/start.ts'
import { Starts } from '../../runtime/objects/starts.ts'
import type { VerifyRequest, WorkflowPorts } from '../../runtime/objects/workflow-ports.ts'
import { WorkflowStore } from '../../runtime/storage/workflow-store.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { localServer, sendJson } from '../steps/local-server.ts'
import { perform } from '../steps/perform.ts'
import { performCode } from '../steps/run-code.ts'
import { nodeSql, nodeTransaction } from '../storage/node-sql.ts'
import { startExecution, t0 } from '../support/events.ts'
import { readFrom } from '../support/given.ts'
import { graphOf, type NodeText, start } from '../support/graphs.ts'

type Config = Record<string, unknown>

/** What the engine records for a node of this kind after a manual start. */
export function decided(kind: string, config: Config): ExecutionEvent | undefined {
  const graph = graphOf([start, { id: 'it', kind, config }], ['start -> it'])
  const decision = decide(startExecution(graph), initialState(), readFrom([]))
  return decision.ok ? decision.events[1] : undefined
}

/** What reaches a real server when the engine's request is sent by the real runner, and what comes of it. */
export async function called(config: (origin: string) => Config): Promise<{
  readonly requests: readonly {
    method: string
    url: string
    headers: Readonly<Record<string, unknown>>
    body: string
  }[]
  readonly outcome: string
}> {
  const server = await localServer((request, response) => {
    if (request.url.startsWith('/moved')) response.writeHead(302, { location: '/there' }).end()
    else sendJson(response, {}, request.url.startsWith('/teapot') ? 418 : 200)
  })
  try {
    const event = decided('http', config(server.origin))
    if (event?.type !== 'AttemptStarted' || event.request === undefined) throw new Error('the http step began')
    const outcome = await perform(event.request.config, { injections: event.request.injections })
    const requests = server.received.map(({ method, url, headers, body }) => ({ method, url, headers, body }))
    return { requests, outcome: outcome.ok ? 'succeeded' : outcome.failure.code }
  } finally {
    await server.close()
  }
}

/** What the real engine of code makes of what was recorded: the output, or the code of the failure. */
export async function ran(config: Config): Promise<unknown> {
  const event = decided('code', config)
  if (event?.type !== 'AttemptStarted' || event.request === undefined) throw new Error('the code step began')
  const outcome = await performCode(config, event.request.config)
  return outcome.ok ? outcome.output : outcome.failure.code
}

/** Requests to a hook through the workflow's real checks, store and starts; each says what came of it and how long the caller would be held. */
export async function delivered(config: Config, ...requests: readonly Partial<HookRequest>[]): Promise<unknown[]> {
  const world = worldOf([{ id: 'start', kind: 'webhook', config }])
  const outcomes: unknown[] = []
  for (const over of requests) {
    const answer = await deliver(
      { ...postOf({}), ...over },
      'start',
      world.active,
      world.starts,
      world.ports,
      world.journal,
    )
    outcomes.push(answer.type === 'refused' ? answer.code : { [answer.type]: world.waits.at(-1) ?? null })
  }
  return outcomes
}

/** Whether a request proves its sender when the vault knows what `check` accepts. */
export async function verified(
  verify: Config,
  headers: HookRequest['headers'],
  check: (request: VerifyRequest) => boolean,
): Promise<boolean> {
  const world = worldOf([{ id: 'start', kind: 'webhook', config: { verify } }])
  const hook = world.active.hook('start')
  if (hook === null) throw new Error('the version has the hook')
  const refusal = await verificationRefusal({ ...postOf({}), headers }, hook.config, async (request) =>
    check(request) ? { ok: true } : { ok: false, code: 'wrong', reason: 'wrong' },
  )
  return refusal === null
}

/** What comes of starting by hand. */
export async function executed(config: Config, input: unknown): Promise<string> {
  const { active, starts } = worldOf([{ ...start, config }])
  return (await execute({ input, idempotencyKey: null, fingerprint: '', waitMs: 0 }, active, starts)).type
}

export const postOf = (body: unknown): HookRequest => ({
  hookId: 'hook-1',
  method: 'POST',
  path: '',
  query: '',
  headers: [['content-type', 'application/json']],
  body: new TextEncoder().encode(JSON.stringify(body)).buffer as ArrayBuffer,
})

function worldOf(nodes: readonly NodeText[]) {
  const database = new DatabaseSync(':memory:')
  const waits: (Wait | null)[] = []
  const store = new WorkflowStore(nodeSql(database))
  const ports: WorkflowPorts = {
    workflowId: 'workflow-1',
    store,
    now: () => t0,
    transaction: (body) => nodeTransaction(database, body, store.remember()),
    wakeBy: () => {},
    wakeAt: () => {},
    after: (delayMs, work) => {
      if (delayMs <= limits.commitGatherMs) queueMicrotask(work)
    },
    sleep: () => new Promise(() => {}),
    newExecutionId: () => `execution-${waits.length + 1}`,
    start: async (id, { workflowId, version, triggerNode }, wait) => {
      waits.push(wait)
      const report = { id, workflowId, version, status: 'running', triggerNode, startedAt: t0, position: 1 } as const
      return { isNew: true, report, outcome: null }
    },
    poke: async () => ({ type: 'not_started' }),
    verify: async () => ({ ok: true }),
    randomId: () => 'random',
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    tellProject: async (messages) => messages.length,
    hint: () => {},
    reportFault: (message) => {
      throw new Error(message)
    },
  }
  const version = { version: 1, contentHash: 'hash', graph: graphOf(nodes, []), publishedAt: t0 }
  const journal = new Journal(ports, new Outbox(ports))
  return { active: new PublishedVersion(version), starts: new Starts(ports, journal), journal, ports, waits }
}

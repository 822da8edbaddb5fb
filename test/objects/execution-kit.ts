import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createHash } from 'node:crypto'
import { expect } from 'vitest'

import { canonicalGraph } from '../../runtime/engine/canonical.ts'
import type { ExecutionObject } from '../../runtime/objects/execution-object.ts'
import type { Rpc } from '../../runtime/objects/rpc.ts'
import type { StartRequest } from '../../runtime/objects/start.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'

export const hashOf = (graph: Graph): string => createHash('sha256').update(canonicalGraph(graph)).digest('hex')

export const startOf = (graph: Graph, body: unknown = null): StartRequest => ({
  workflowId: 'orders',
  version: 1,
  contentHash: hashOf(graph),
  graph,
  triggerNode: 'start',
  trigger: { body },
})

/** A real execution object, by its callers' door and by what only a test may do to it. */
export type ExecutionWorld = {
  readonly id: string
  readonly object: Omit<Rpc<ExecutionObject>, 'alarm' | 'fetch' | 'webSocketMessage'>
  readonly stub: () => DurableObjectStub
  readonly log: () => Promise<RecordedEvent[]>
  readonly types: () => Promise<string[]>
  /** Epoch ms; null when no alarm is set. */
  readonly alarmAt: () => Promise<number | null>
  /** Lets the alarm come now; false when none is set. */
  readonly fireAlarm: () => Promise<boolean>
  /** Unloads the object when nothing is under way in it. */
  readonly evict: () => Promise<void>
  /** Ends the object as a killed process does: what is in flight in it never comes back. */
  readonly crash: () => Promise<void>
  readonly sql: (query: string, ...values: (string | number)[]) => Promise<Record<string, SqlStorageValue>[]>
}

export const newExecution = (): ExecutionWorld => executionAt(env.EXECUTION.newUniqueId().toString())

export function executionAt(id: string): ExecutionWorld {
  // A stub is broken once its object has crashed, so that each call gets its own.
  const stub = (): DurableObjectStub => env.EXECUTION.get(env.EXECUTION.idFromString(id))
  const fresh = () => stub() as unknown as Rpc<ExecutionObject>
  const object = new Proxy({} as ExecutionWorld['object'], {
    get: (_target, name) => fresh()[name as keyof ExecutionWorld['object']],
  })
  const log = async (): Promise<RecordedEvent[]> => (await object.events(0, 10_000))?.events ?? []
  return {
    id,
    object,
    stub,
    log,
    types: async () => (await log()).map(({ type }) => type),
    alarmAt: () => runInDurableObject(stub(), (_object, { storage }) => storage.getAlarm()),
    fireAlarm: () => runDurableObjectAlarm(stub()),
    evict: () => evictDurableObject(stub()),
    async crash() {
      const crashed = runInDurableObject(stub(), (_object, state) => state.abort('the process is killed'))
      await expect(crashed).rejects.toThrow('the process is killed')
    },
    sql: (query, ...values) =>
      runInDurableObject(stub(), (_object, { storage }) => storage.sql.exec(query, ...values).toArray()),
  }
}

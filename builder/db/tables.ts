import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { ExecutionStatus, WaitKind } from '../../schemas/api/executions.ts'
import type { HookRef } from '../../schemas/api/runtime.ts'
import type { DraftContent } from '../../schemas/api/workflows.ts'
import type { Graph } from '../../schemas/graph.ts'

/** Instants are epoch milliseconds everywhere. */
export const drafts = sqliteTable('drafts', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  content: text('content', { mode: 'json' }).$type<DraftContent>().notNull(),
  /** Equal for equal contents: what tells a changed draft from its published version. */
  digest: text('digest').notNull(),
  triggers: text('triggers', { mode: 'json' }).$type<readonly string[]>().notNull(),
  revision: integer('revision').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

/** One row per workflow that was published, or is about to be; and how far its projection has read. */
export const workflows = sqliteTable('workflows', {
  id: text('id').primaryKey(),
  /** Null until the runtime is known to hold a version. */
  activeVersion: integer('active_version'),
  activeDigest: text('active_digest'),
  triggers: text('triggers', { mode: 'json' }).$type<readonly string[]>().notNull(),
  /** Grows with every write of what is published: two writers cannot overwrite each other. */
  recordNumber: integer('record_number').notNull().default(0),
  /** Grows with every rebuild: a pull begun before one writes nothing after it. */
  epoch: integer('epoch').notNull().default(0),
  readUpTo: integer('read_up_to').notNull().default(0),
  /** The newest change the runtime spoke of. Minus `readUpTo` it is the lag. */
  lastChange: integer('last_change').notNull().default(0),
  /** When the last answer that was read to its end was asked for. */
  pulledAt: integer('pulled_at').notNull().default(0),
  executionsTotal: integer('executions_total').notNull().default(0),
  executionsRunning: integer('executions_running').notNull().default(0),
  executionsFailed: integer('executions_failed').notNull().default(0),
  lastStartedAt: integer('last_started_at'),
})

export const versions = sqliteTable(
  'versions',
  {
    workflowId: text('workflow_id').notNull(),
    version: integer('version').notNull(),
    contentHash: text('content_hash').notNull(),
    publishedAt: integer('published_at').notNull(),
    /** Null for a version that was learned of only after another had become active. */
    graph: text('graph', { mode: 'json' }).$type<Graph>(),
    hooks: text('hooks', { mode: 'json' }).$type<readonly HookRef[]>(),
  },
  (table) => [primaryKey({ columns: [table.workflowId, table.version] })],
)

/** The projection: one row per execution, with the event position and the index change that it includes. */
export const executions = sqliteTable(
  'executions',
  {
    id: text('id').primaryKey(),
    workflowId: text('workflow_id').notNull(),
    version: integer('version').notNull(),
    status: text('status').$type<ExecutionStatus>().notNull(),
    triggerNode: text('trigger_node').notNull(),
    waitsFor: text('waits_for', { mode: 'json' }).$type<readonly WaitKind[]>(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    failedStep: text('failed_step'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    position: integer('position').notNull(),
    change: integer('change').notNull(),
  },
  (table) => [
    index('executions_by_start').on(table.startedAt, table.id),
    index('executions_by_workflow').on(table.workflowId, table.startedAt, table.id),
    index('executions_by_status').on(table.status, table.startedAt, table.id),
    index('executions_by_workflow_and_status').on(table.workflowId, table.status, table.startedAt, table.id),
  ],
)

import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'

import { executionAt } from '../objects/execution-kit.ts'
import { delay, graphOf, start } from '../support/graphs.ts'
import { call, codeOf, deployed, json, post } from './http-kit.ts'

const resting = graphOf([start, delay('rest', 60_000)], ['start -> rest'])

describe('a storage that does not answer', () => {
  it('[OBJ26] is 503 for who wants something of the execution, which goes on when it answers again', async () => {
    await deployed('resting', resting)
    const { executionId } = await json<{ executionId: string }>(await post('/execute/resting'))
    const { stub, types } = executionAt(executionId)
    const mend = await runInDurableObject(stub(), (_object, { storage }) => {
      const { transactionSync } = storage
      storage.transactionSync = () => {
        throw new Error('database or disk is full: SQLITE_FULL')
      }
      return () => {
        storage.transactionSync = transactionSync
      }
    })
    const refused = await post(`/executions/${executionId}/pause`, {})
    expect(await codeOf(refused)).toEqual([503, 'storage_unavailable'])
    await runInDurableObject(stub(), mend)
    expect((await post(`/executions/${executionId}/pause`, {})).status).toBe(200)
    expect(await json(await call(`/executions/${executionId}`))).toMatchObject({ status: 'paused' })
    expect(await types()).toEqual(['ExecutionStarted', 'DelayStarted', 'ExecutionPaused'])
  })
})

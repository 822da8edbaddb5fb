import { describe, expect, it } from 'vitest'

import type { WhyAnswer } from '../../schemas/api/why.ts'
import { limits } from '../../schemas/limits.ts'
import { executionAt } from '../objects/execution-kit.ts'
import { delay, graphOf, make, start } from '../support/graphs.ts'
import { anonymous, call, codeOf, deployed, json, post } from './http-kit.ts'

const resting = graphOf([start, delay('rest', 60_000), make('after')], ['start -> rest', 'rest -> after'])

async function started(name: string): Promise<string> {
  await deployed(name, resting)
  return (await json<{ executionId: string }>(await post(`/execute/${name}`))).executionId
}

describe('GET /executions/:id/why', () => {
  it('[HTP31] answers with the chain of reasons, of the execution or of one step', async () => {
    const id = await started('resting')
    const whole = await call(`/executions/${id}/why`)
    expect([whole.status, await json<WhyAnswer>(whole)]).toMatchObject([
      200,
      {
        executionId: id,
        position: 2,
        reasons: [
          { depth: 0, what: 'waiting' },
          { depth: 1, what: 'delay', step: 'rest', until: expect.any(Number) },
        ],
      },
    ])
    expect(await json<WhyAnswer>(await call(`/executions/${id}/why?step=after`))).toMatchObject({
      reasons: [{ what: 'pending', step: 'after', edges: [{ from: 'rest', port: 'out' }] }, { what: 'delay' }],
    })
  })

  it('[HTP31] is not found where there is no such execution or step', async () => {
    const id = await started('resting')
    expect(await codeOf(await call(`/executions/${'0'.repeat(64)}/why`))).toEqual([404, 'not_found'])
    for (const step of ['gone', 'after@rest[0]', '%00']) {
      expect([step, ...(await codeOf(await call(`/executions/${id}/why?step=${step}`)))]).toEqual([
        step,
        404,
        'not_found',
      ])
    }
    for (const step of ['', 'x'.repeat(limits.stepKeyLength + 1)]) {
      expect(await codeOf(await call(`/executions/${id}/why?step=${step}`))).toEqual([400, 'invalid_request'])
    }
  })

  it('[HTP31] says of a quarantined one that it is', async () => {
    const id = await started('resting')
    const { sql, evict } = executionAt(id)
    await sql("UPDATE events SET body = '{}' WHERE position = 2")
    await evict()
    expect(await codeOf(await call(`/executions/${id}/why`))).toEqual([409, 'quarantined'])
  })

  it('[HTP1] is not for strangers', async () => {
    expect((await anonymous(`/executions/${await started('resting')}/why`)).status).toBe(401)
  })
})

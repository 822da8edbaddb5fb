import { createHash } from 'node:crypto'
import { createRoute, OpenAPIHono } from '@hono/zod-openapi'

import { EventAnswer, EventBody } from '../../schemas/api/events.ts'
import { limits } from '../../schemas/limits.ts'
import { canonicalJson } from '../engine/canonical.ts'
import type { EventOutcome } from '../objects/project.ts'
import { projectOf } from '../objects/project-client.ts'
import { documentedWriteProblems, jsonAnswer, jsonBody, jsonProblems } from './documented.ts'
import { idempotencyKey, sentId } from './idempotency-key.ts'
import { Refusal, refuseInvalid } from './problem.ts'
import { requestOf } from './request-json.ts'

const send = createRoute({
  method: 'post',
  path: '/events',
  summary: 'Send an event to the project: `{ name, data?, id? }`. Every workflow that takes its name may start.',
  request: {
    headers: idempotencyKey(
      limits.eventIdLength,
      'The id of the event, instead of `id`. The same id is the same event.',
    ),
  },
  ...jsonBody(EventBody),
  responses: {
    202: jsonAnswer(EventAnswer, 'The event is kept, and on its way.'),
    ...documentedWriteProblems(...jsonProblems, 'event_id_reused', 'too_many_events'),
  },
})

export function eventRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })
  app.openapi(send, async (c) => {
    const { name, data, id } = await requestOf(c.req.raw, EventBody)
    refuseTooLong(data)
    const event = { name, data, id: sentId(id, c.req.valid('header')['idempotency-key']) }
    const fingerprint = createHash('sha256').update(canonicalJson({ name, data })).digest('hex')
    const { eventId, deliveredTo } = takenOrRefused(await projectOf(c.env).send({ ...event, fingerprint }))
    return c.json({ eventId, deliveredTo: [...deliveredTo] }, 202)
  })
  return app
}

function refuseTooLong(data: unknown): void {
  if (new TextEncoder().encode(JSON.stringify(data)).length <= limits.eventBytes) return
  const message = `must have at most ${limits.eventBytes} bytes of JSON`
  throw new Refusal('invalid_request', { issues: [{ in: 'json', path: 'data', message }] })
}

function takenOrRefused(outcome: EventOutcome): Extract<EventOutcome, { deliveredTo: unknown }> {
  if (outcome.type === 'conflict') throw new Refusal('event_id_reused', { eventId: outcome.eventId })
  if (outcome.type === 'too_many') throw new Refusal('too_many_events', {}, { 'retry-after': '10' })
  return outcome
}

import { createHash } from 'node:crypto'
import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import { issuesOf } from '../../gate/problem-set.ts'
import { EventAnswer, EventBody } from '../../schemas/api/events.ts'
import { limits } from '../../schemas/limits.ts'
import { canonicalJson } from '../engine/canonical.ts'
import type { EventOutcome } from '../objects/project.ts'
import { projectOf } from '../objects/project-client.ts'
import { documentedWriteProblems, jsonAnswer } from './documented.ts'
import { Refusal, refuseInvalid } from './problem.ts'
import { requestJson } from './request-json.ts'

const send = createRoute({
  method: 'post',
  path: '/events',
  summary: 'Send an event to the project: `{ name, data?, id? }`. Every workflow that takes its name may start.',
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .min(1)
        .max(limits.eventIdLength)
        .optional()
        .describe('The id of the event, instead of `id`. The same id is the same event.'),
    }),
  },
  responses: {
    202: jsonAnswer(EventAnswer, 'The event is kept, and on its way.'),
    ...documentedWriteProblems(
      'malformed_json',
      'json_too_deep',
      'too_large',
      'too_slow',
      'event_id_reused',
      'too_many_events',
    ),
  },
})

export function eventRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })
  app.openapi(send, async (c) => {
    const { value } = await requestJson(c.req.raw)
    const { name, data, id } = eventOf(value, c.req.valid('header')['idempotency-key'])
    const fingerprint = createHash('sha256').update(canonicalJson({ name, data })).digest('hex')
    const { eventId, deliveredTo } = takenOrRefused(await projectOf(c.env).send({ name, data, id, fingerprint }))
    return c.json({ eventId, deliveredTo: [...deliveredTo] }, 202)
  })
  return app
}

function eventOf(value: unknown, key: string | undefined): { name: string; data: unknown; id: string | null } {
  const body = EventBody.safeParse(value)
  if (!body.success) throw new Refusal('invalid_request', { issues: issuesOf('json', body.error) })
  const { name, data, id = key ?? null } = body.data
  const wrong = (path: string, message: string) =>
    new Refusal('invalid_request', { issues: [{ in: 'json', path, message }] })
  if (key !== undefined && id !== key) throw wrong('id', 'must be the Idempotency-Key when both are given')
  const bytes = new TextEncoder().encode(JSON.stringify(data)).length
  if (bytes > limits.eventBytes) throw wrong('data', `must have at most ${limits.eventBytes} bytes of JSON`)
  return { name, data, id }
}

function takenOrRefused(outcome: EventOutcome): Extract<EventOutcome, { deliveredTo: unknown }> {
  if (outcome.type === 'conflict') throw new Refusal('event_id_reused', { eventId: outcome.eventId })
  if (outcome.type === 'too_many') throw new Refusal('too_many_events', {}, { 'retry-after': '10' })
  return outcome
}

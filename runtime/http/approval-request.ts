import type { Context } from 'hono'

import { issuesOf } from '../../gate/problem-set.ts'
import { ApproveRequest } from '../../schemas/api/execution-requests.ts'
import type { Asked } from '../../schemas/api/linked-wait.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { limits } from '../../schemas/limits.ts'
import { fromJsonSchema } from '../engine/json-schema.ts'
import { publicOrigin } from '../objects/links.ts'
import { dataFrom, type FormProblems, fieldName, fieldsOf, type Typed } from './approval-form.ts'
import { formSentence } from './form-sentence.ts'
import { Refusal } from './problem.ts'
import { requestBody, requestOf } from './request-json.ts'

/** What somebody decides: a person by the form of the page, or a program by JSON. */
export type Sent = {
  readonly decision: 'approved' | 'rejected'
  readonly data: unknown
  /** What was typed, to be shown again; null for a program. */
  readonly typed: Typed | null
  /** What of it is no value of its field. */
  readonly problems: FormProblems
}

const Decision = ApproveRequest.omit({ step: true })

/** Reads an answer to what is asked, by its content type and nothing else. */
export async function sentTo(asked: Asked, request: Request): Promise<Sent> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') {
    const { decision, data = null } = await requestOf(request, Decision, limits.signalBytes)
    return { decision, data, typed: null, problems: new Map() }
  }
  if (type !== 'application/x-www-form-urlencoded') throw new Refusal('unsupported_media_type')
  const params = new URLSearchParams(new TextDecoder().decode(await requestBody(request, limits.signalBytes)))
  if (params.getAll('decision').length > 1) throw new Refusal('invalid_request', { issues: [decidedTwice] })
  const decision = Decision.shape.decision.safeParse(params.get('decision'))
  if (!decision.success) throw new Refusal('invalid_request', { issues: issuesOf('form', decision.error) })
  if (asked.form === undefined) return { decision: decision.data, data: null, typed: new Map(), problems: new Map() }
  const fields = fieldsOf(asked.form)
  const typed = new Map(fields.map(({ key }) => [key, params.get(fieldName(key)) ?? '']))
  const { data, problems } = dataFrom(fields, typed)
  return { decision: decision.data, data, typed, problems: new Map([...unfit(asked.form, data), ...problems]) }
}

const decidedTwice = { in: 'form', path: 'decision', message: 'stands there twice: send one decision' }

/** What the execution would refuse, so that a person hears of everything at once. What is wrong with a field itself says more. */
function unfit(form: JsonObject, data: unknown): FormProblems {
  const { error } = fromJsonSchema(form).safeParse(data)
  return new Map(error?.issues.map((issue) => [issue.path.map(String).join('.'), formSentence(issue)]))
}

/**
 * The link is all that is needed to decide, so a page of another site that has it could as well send
 * the answer from its own server. But no honest page sends one from a visitor's browser, so it is refused.
 */
export function refuseForeignPage(c: Context<{ Bindings: Env }>): void {
  const site = c.req.header('sec-fetch-site')
  // Not every browser sends it, and none to a server without https. `none`: the person did it by hand.
  if (site !== undefined) {
    if (site !== 'same-origin' && site !== 'none') throw new Refusal('foreign_page')
    return
  }
  const origin = c.req.header('origin')
  // Our own page tells nobody where it is, so that its origin is `null`; a program sends none.
  const own = [undefined, 'null', new URL(c.req.url).origin, publicOrigin(c.env.PUBLIC_URL)]
  if (!own.includes(origin)) throw new Refusal('foreign_page')
}

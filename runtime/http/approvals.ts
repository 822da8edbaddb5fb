import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'

import type { Issue } from '../../gate/problem-kinds.ts'
import type { Decided } from '../../schemas/api/linked-wait.ts'
import { Problem } from '../../schemas/api/problem.ts'
import type { CommandAnswer } from '../objects/command-answer.ts'
import { type FormProblems, fieldName } from './approval-form.ts'
import { askingPage, decidedPage, notYetPage, problemPage, settledPage, unknownPage } from './approval-page.ts'
import { refuseForeignPage, type Sent, sentTo } from './approval-request.ts'
import { issueOfData, refusalFrom } from './command-refusal.ts'
import { type Found, refusalOfClosed, waitBehind } from './linked-wait.ts'
import { page, wantsPage } from './page.ts'
import { answerError, Refusal } from './problem.ts'

const path = '/approve/:token'

/**
 * The page behind a link to an approval. GET shows what is asked and decides nothing, for what scans mails
 * follows every link in them; POST decides, once. Programs get and send the same as JSON.
 */
export function approvalRoutes() {
  const app = new Hono<{ Bindings: Env }>()
  app.onError(answerProblem)
  app.get(path, async (c) => {
    const found = await waitBehind(c, 'approval')
    return wantsPage(c) ? pageOf(c, found) : c.json(found.wait)
  })
  app.post(path, async (c) => {
    refuseForeignPage(c)
    const found = await waitBehind(c, 'approval')
    const { wait } = found
    if (wait.stage !== 'open') return closed(c, found)
    const sent = await sentTo(wait.asked, c.req.raw)
    // Whoever says no owes no answers to what would have been asked for a yes.
    const problems = sent.decision === 'approved' ? sent.problems : none
    return problems.size > 0 ? unfit(c, wait, sent, problems) : decide(c, { ...found, wait }, sent)
  })
  return app
}

const none: FormProblems = new Map()

type Open = Extract<Found['wait'], { stage: 'open' }>

async function decide(c: Context, found: Found & { readonly wait: Open }, sent: Sent): Promise<Response> {
  const { decision, data } = sent
  const answer = await found.execution.decideApproval(found.step, decision, data)
  if (answer.type === 'done') return decided(c, found.wait, decision)
  const problems = unfitData(answer)
  if (problems !== null) return unfit(c, found.wait, sent, problems)
  const settled = 'settled' in answer ? answer.settled : null
  // Another was faster, or time was.
  if (answer.type === 'late' || settled !== null) {
    const { workflow, executionStatus } = found.wait
    return closed(c, { ...found, wait: { workflow, executionStatus, stage: 'over', settled } })
  }
  throw refusalFrom(answer)
}

/** What of the data does not fit the form, by its place in the data. */
function unfitData(answer: CommandAnswer): FormProblems | null {
  if (answer.type !== 'rejected' || answer.rejection.reason !== 'form_mismatch') return null
  return new Map(answer.rejection.issues.map(({ path: place, message }) => [place, `${message}.`]))
}

function pageOf(c: Context, { wait }: Found): Response | Promise<Response> {
  if (wait.stage === 'open') return show(c, 200, askingPage(wait, null, none))
  return show(c, 200, wait.stage === 'over' ? settledPage(wait, wait.settled) : notYetPage(wait))
}

function decided(c: Context, wait: Open, decision: Sent['decision']): Response | Promise<Response> {
  if (wantsPage(c)) return show(c, 200, decidedPage(decision, wait))
  return c.json({ decision } satisfies z.infer<typeof Decided>)
}

function unfit(c: Context, wait: Open, { typed }: Sent, problems: FormProblems): Response | Promise<Response> {
  if (wantsPage(c)) return show(c, 422, askingPage(wait, typed, problems))
  const issueOf = typed === null ? issueOfData : issueOfField
  throw new Refusal('form_mismatch', { issues: [...problems].map(([path, message]) => issueOf({ path, message })) })
}

const issueOfField = ({ path, message }: Omit<Issue, 'in'>): Issue => ({
  in: 'form',
  path: path === '' ? '' : fieldName(path),
  message,
})

/** Nothing is asked here: not yet, or not any more. */
function closed(c: Context, found: Found): Response | Promise<Response> {
  const { wait } = found
  if (!wantsPage(c)) throw refusalOfClosed(found)
  return wait.stage === 'over' ? show(c, 410, settledPage(wait, wait.settled)) : show(c, 409, notYetPage(wait))
}

const show = (
  c: Context,
  status: ContentfulStatusCode,
  { title, content }: ReturnType<typeof problemPage>,
): Response | Promise<Response> => page(c, status, title, content)

/** A refusal as whoever asked can read it. */
async function answerProblem(error: Error, c: Context): Promise<Response> {
  const answer = answerError(error, c)
  if (!wantsPage(c)) return answer
  const { status, title, detail } = Problem.parse(await answer.json())
  return show(c, status as ContentfulStatusCode, status === 404 ? unknownPage() : problemPage(title, detail))
}

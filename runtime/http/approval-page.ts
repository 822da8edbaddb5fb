import { html } from 'hono/html'

import type { Asked, LinkedWait, SettledWait } from '../../schemas/api/linked-wait.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { type FormField, type FormProblems, fieldName, fieldsOf, type Typed, yes } from './approval-form.ts'
import type { Content } from './page.ts'

type Shown = { readonly title: string; readonly content: Content }
type Decision = 'approved' | 'rejected'

/** What is asked, with what was typed before and what is wrong with it. */
export function askingPage(
  { workflow, executionStatus, asked }: Extract<LinkedWait, { stage: 'open' }>,
  typed: Typed | null,
  problems: FormProblems,
): Shown {
  const fields = fieldsOf(asked.form)
  const faults = byField(fields, problems)
  const content = html`<header>
  <p class="of" dir="auto">${workflow}</p>
  <h1 dir="auto">${asked.name}</h1>
</header>
${asked.message === undefined ? '' : html`<p class="message" dir="auto">${asked.message}</p>`}
${executionStatus === 'paused' ? html`<p class="note">The workflow is paused. You can answer now; it goes on with your answer when it is resumed.</p>` : ''}
${faults.size === 0 ? '' : summary(fields, faults)}
<form method="post">
  ${fields.map((field, place) => fieldOf(field, place, typed, faults.get(field.key)))}
  <div class="choice">
    ${pressedByEnter}
    <button type="submit" name="decision" value="approved">Approve</button>
    <button type="submit" name="decision" value="rejected" class="no" formnovalidate>Reject</button>
  </div>
</form>
${ending(asked)}`
  return { title: asked.name, content }
}

export function decidedPage(decision: Decision, wait: Extract<LinkedWait, { stage: 'open' }>): Shown {
  const goesOn = wait.executionStatus === 'paused' ? 'when it is resumed' : 'now'
  return outcome(decision, `You ${decision} this.`, wait.workflow, [
    html`<p dir="auto">${wait.asked.name}</p>`,
    html`<p>The workflow goes on with your answer ${goesOn}.</p>`,
  ])
}

export const notYetPage = ({ workflow }: LinkedWait): Shown =>
  outcome('over', 'Nothing is asked yet.', workflow, [
    html`<p>The workflow has not come to this point. Open this link again later.</p>`,
  ])

/** What has become of a question that nobody can answer any more. */
export function settledPage({ workflow }: LinkedWait, settled: SettledWait | null): Shown {
  const decision = decisionOf(settled)
  if (settled !== null && decision !== null) {
    return outcome(decision, `This was ${decision} already.`, workflow, [
      html`<p>That was on ${time(settled.at)}. Nothing was changed now.</p>`,
    ])
  }
  if (settled !== null && (settled.ports.includes('timeout') || settled.status === 'failed')) {
    return outcome('over', 'The time to answer is over.', workflow, [
      html`<p>It ended on ${time(settled.at)}. Nothing was changed now.</p>`,
    ])
  }
  return outcome('over', 'This is not asked any more.', workflow, [
    html`<p>It was answered before, or the workflow has ended or went on without an answer. Nothing was changed now.</p>`,
  ])
}

/** A link that was cut off, or made up. */
export const unknownPage = (): Shown =>
  outcome('error', 'This link leads nowhere.', null, [
    html`<p>See that you have all of it, or ask whoever sent it for another.</p>`,
  ])

export const problemPage = (title: string, detail: string): Shown =>
  outcome('error', title, null, [html`<p>${detail}</p>`])

/** How an approval was decided; null when it ended in another way. */
function decisionOf(settled: SettledWait | null): Decision | null {
  const [port] = settled?.ports ?? []
  return port === 'approved' || port === 'rejected' ? port : null
}

const signs = { approved: '✓', rejected: '✕', over: '–', error: '!' } as const

function outcome(kind: keyof typeof signs, title: string, workflow: string | null, more: readonly Content[]): Shown {
  const content = html`<header>
  ${workflow === null ? '' : html`<p class="of" dir="auto">${workflow}</p>`}
  <div class="outcome">
    <span class="sign sign-${kind}" aria-hidden="true">${signs[kind]}</span>
    <h1>${title}</h1>
  </div>
</header>
${more}
<p class="soft">You can close this page.</p>`
  return { title, content }
}

/** Enter in a field presses the first button of a form. A decision must be pressed itself, so that one does nothing. */
const pressedByEnter = html`<button type="submit" disabled hidden></button>`

const idOf = (place: number): string => `field-${place}`

/** Problems by the fields that they are in; those of the data as a whole stand under ''. */
function byField(fields: readonly FormField[], problems: FormProblems): FormProblems {
  const keyOf = (place: string): string =>
    fields.find(({ key }) => place === key || place.startsWith(`${key}.`))?.key ?? ''
  const groups = Map.groupBy(problems, ([place]) => keyOf(place))
  return new Map([...groups].map(([key, group]) => [key, group.map(([, problem]) => problem).join(' ')]))
}

function summary(fields: readonly FormField[], faults: FormProblems): Content {
  const lines = [...faults].map(([key, problem]) => {
    const place = fields.findIndex((field) => field.key === key)
    const label = fields[place]?.label
    return label === undefined
      ? html`<li>${problem}</li>`
      : html`<li><a href="#${idOf(place)}"><bdi>${label}</bdi></a>: ${problem}</li>`
  })
  return html`<div class="errors" role="alert">
  <h2>Nothing was decided yet</h2>
  <ul>${lines}</ul>
</div>`
}

function fieldOf(field: FormField, place: number, typed: Typed | null, problem: string | undefined): Content {
  const { label, help, isRequired, control } = field
  const id = idOf(place)
  const hints = [...(help === null ? [] : [`${id}-help`]), ...(problem === undefined ? [] : [`${id}-error`])]
  const input = inputOf(field, id, typed === null ? field.initial : (typed.get(field.key) ?? ''), hints, problem)
  const name = html`<label for="${id}"><bdi>${label}</bdi>${isRequired || control.type === 'yes_no' ? '' : html` <span class="optional">(optional)</span>`}</label>`
  const line = control.type === 'yes_no' ? html`<div class="box">${input}${name}</div>` : html`${name}${input}`
  return html`<div class="field">
  ${line}
  ${help === null ? '' : html`<p class="help" id="${id}-help" dir="auto">${help}</p>`}
  ${problem === undefined ? '' : html`<p class="error" id="${id}-error">${problem}</p>`}
</div>`
}

function inputOf(
  { key, control, isRequired }: FormField,
  id: string,
  value: string,
  hints: readonly string[],
  problem: string | undefined,
): Content {
  const name = html`id="${id}" name="${fieldName(key)}"${isRequired ? html` required` : ''}${hints.length === 0 ? '' : html` aria-describedby="${hints.join(' ')}"`}${problem === undefined ? '' : html` aria-invalid="true"`}`
  switch (control.type) {
    case 'yes_no':
      return html`<input type="checkbox" value="${yes}" ${name}${value === yes ? html` checked` : ''} />`
    case 'choice':
      return html`<select ${name}><option value="">Choose…</option>${control.options.map(
        (option, place) =>
          html`<option value="${place}"${value === String(place) ? html` selected` : ''}>${typeof option === 'string' ? option : JSON.stringify(option)}</option>`,
      )}</select>`
    case 'number':
      return html`<input type="text" inputmode="${control.isWhole ? 'numeric' : 'decimal'}" value="${value}" ${name} />`
    case 'line':
      return html`<input type="${control.input}" value="${value}" dir="auto" ${name} />`
    default:
      // A textarea drops the first line break, so that one is given to it.
      return html`<textarea class="${control.type}" ${control.type === 'json' ? html`spellcheck="false"` : html`dir="auto"`} ${name}>
${value}</textarea>`
  }
}

function ending({ until }: Asked): Content {
  const end = until === undefined ? '' : html` You can answer until ${time(until)}.`
  return html`<p class="soft">An answer counts once, and is not taken back.${end}</p>`
}

function time(at: EpochMs): Content {
  const date = new Date(at)
  const text = date.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return html`<time datetime="${date.toISOString()}">${text} UTC</time>`
}

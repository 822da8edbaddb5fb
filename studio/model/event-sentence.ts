import { nodeOf, stepOf } from '../../runtime/engine/index.ts'
import type { EventOf, RecordedEvent } from '../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'
import { kindNamed } from '../../schemas/kinds/index.ts'
import { stepLabel } from './graph-canvas.ts'
import { formatDuration } from './instants.ts'
import type { Tone } from './looks.ts'

export type EventRow = {
  readonly position: number
  readonly at: number
  readonly type: RecordedEvent['type']
  readonly step: StepKey | null
  readonly sentence: string
  readonly tone: Tone
}

export function eventRow(event: RecordedEvent, graph: Graph): EventRow {
  const { position, at, type } = event
  const step = 'step' in event && event.step !== undefined ? event.step : null
  return { position, at, type, step, sentence: sentenceOf(event, graph), tone: tones[type] }
}

const tones = {
  ExecutionStarted: 'busy',
  StepSkipped: 'quiet',
  AttemptStarted: 'busy',
  AttemptFailed: 'bad',
  AttemptInterrupted: 'waiting',
  AttemptIgnored: 'quiet',
  DelayStarted: 'waiting',
  StepSucceeded: 'good',
  StepFailed: 'bad',
  StepCancelled: 'stopped',
  ExecutionSucceeded: 'good',
  ExecutionFailed: 'bad',
  ExecutionCancelled: 'stopped',
} as const satisfies Record<RecordedEvent['type'], Tone>

/** What happened, for a person who has not read the log before. */
function sentenceOf(event: RecordedEvent, graph: Graph): string {
  const name = (step: StepKey): string => stepLabel(step, graph)
  switch (event.type) {
    case 'ExecutionStarted':
      return `Version ${event.version} of ${graph.name} started by ${name(stepOf(event.triggerNode))}.`
    case 'StepSkipped':
      return `${name(event.step)} is skipped: ${deadEdges(event, graph)}.`
    case 'AttemptStarted':
      return `${name(event.step)}: attempt ${event.attempt} leaves, to be answered within ${formatDuration(event.timeoutAt - event.at)}.`
    case 'AttemptFailed':
      return `${name(event.step)}: attempt ${event.attempt} failed, ${ended(event.failure.message)} ${retrySentence(event)}`
    case 'AttemptInterrupted':
      return `${name(event.step)}: the process stopped during attempt ${event.attempt}; what it did outside is unknown.`
    case 'AttemptIgnored':
      return `${name(event.step)}: a late answer to attempt ${event.attempt} (${event.outcome}) is ignored: ${ended(event.reason)}`
    case 'DelayStarted':
      return `${name(event.step)} waits ${formatDuration(event.until - event.at)}.`
    case 'StepSucceeded':
      return succeededSentence(event, graph)
    case 'StepFailed':
      return `${name(event.step)} failed: ${ended(event.failure.message)}${handledSentence(event)}`
    case 'StepCancelled':
      return `${name(event.step)} is cancelled.`
    case 'ExecutionSucceeded':
      return 'The execution succeeded.'
    case 'ExecutionFailed':
      return `The execution failed${event.step === undefined ? '' : ` at ${name(event.step)}`}: ${ended(event.failure.message)}`
    case 'ExecutionCancelled':
      return `The execution was cancelled: ${ended(event.reason)}`
  }
}

function succeededSentence(event: EventOf<'StepSucceeded'>, graph: Graph): string {
  const name = stepLabel(event.step, graph)
  if (event.decision !== undefined) return `${name} leaves by ${listed(event.ports)}: ${decisionSentence(event)}.`
  if (event.response !== undefined) return `${name} answers the caller with ${event.response.status}.`
  const node = graph.nodes.find((candidate) => candidate.id === nodeOf(event.step))
  if (node !== undefined && kindNamed(node.kind)?.role === 'wait') return `${name} goes on.`
  const attempt = event.attempt === undefined || event.attempt < 2 ? '' : ` at attempt ${event.attempt}`
  return `${name} succeeded${attempt}.`
}

/** The rule that decided, as it was recorded. */
function decisionSentence(event: EventOf<'StepSucceeded'>): string {
  const held = (event.decision ?? []).filter((rule) => rule.result)
  if (held.length === 0) return 'no rule held'
  return held.map((rule) => `${oneLine(rule.when)} was true`).join(', ')
}

function deadEdges(event: EventOf<'StepSkipped'>, graph: Graph): string {
  if (event.deadEdges.length === 0) return 'nothing leads to it'
  const [first, ...others] = event.deadEdges.map(({ from, port }) =>
    port === 'out'
      ? `${stepLabel(stepOf(from), graph)} did not lead here`
      : `${stepLabel(stepOf(from), graph)} did not leave by ${port}`,
  )
  return others.length === 0
    ? `${first}`
    : `${first}, nor did ${others.length} other ${others.length === 1 ? 'edge' : 'edges'}`
}

const retrySentence = (event: EventOf<'AttemptFailed'>): string =>
  event.retryAt === undefined
    ? 'No attempt is left.'
    : `The next follows in ${formatDuration(event.retryAt - event.at)}.`

function handledSentence(event: EventOf<'StepFailed'>): string {
  if (event.handled === 'port') return ` It leaves by ${listed(event.ports)}.`
  return event.handled === 'continue' ? ' The workflow goes on without its output.' : ''
}

const listed = (words: readonly string[]): string => (words.length === 0 ? 'no port' : words.join(', '))
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
const ended = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)

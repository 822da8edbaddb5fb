import { nodeOf } from '../../runtime/engine/index.ts'
import type { EventOf, RecordedEvent } from '../../schemas/execution-events.ts'
import type { Graph, NodeId, StepKey } from '../../schemas/graph.ts'
import { kindNamed } from '../../schemas/kinds/index.ts'
import { labelOf, stepTitle } from './graph-canvas.ts'
import { formatDuration } from './instants.ts'
import { iterationSentence } from './iteration-sentence.ts'
import type { Tone } from './looks.ts'
import { counted, ended, listed, named, oneLine } from './words.ts'

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
  StepUnknown: 'bad',
  UnknownAnswered: 'busy',
  DelayStarted: 'waiting',
  WaitStarted: 'waiting',
  SignalReceived: 'busy',
  CallbackReceived: 'busy',
  AnswerIgnored: 'quiet',
  ChildStarted: 'waiting',
  EachStarted: 'busy',
  RepeatStarted: 'busy',
  IterationStarted: 'busy',
  IterationSucceeded: 'good',
  IterationFailed: 'bad',
  StepSucceeded: 'good',
  StepFailed: 'bad',
  StepCancelled: 'stopped',
  ExecutionPaused: 'waiting',
  ExecutionResumed: 'busy',
  ParentHeard: 'quiet',
  ExecutionRetried: 'busy',
  CompensationStarted: 'waiting',
  NoticeDelivered: 'quiet',
  ExecutionSucceeded: 'good',
  ExecutionFailed: 'bad',
  ExecutionCancelled: 'stopped',
} as const satisfies Record<RecordedEvent['type'], Tone>

/** What happened, for a person who has not read the log before. */
function sentenceOf(event: RecordedEvent, graph: Graph): string {
  switch (event.type) {
    case 'StepSkipped':
    case 'DelayStarted':
    case 'WaitStarted':
    case 'CallbackReceived':
    case 'AnswerIgnored':
    case 'ChildStarted':
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepCancelled':
      return stepSentence(event, graph)
    case 'AttemptStarted':
    case 'AttemptFailed':
    case 'AttemptInterrupted':
    case 'AttemptIgnored':
    case 'StepUnknown':
    case 'UnknownAnswered':
      return attemptSentence(event, stepTitle(event.step, graph))
    case 'EachStarted':
    case 'RepeatStarted':
    case 'IterationStarted':
    case 'IterationSucceeded':
    case 'IterationFailed':
      return iterationSentence(event, graph)
    default:
      return wholeSentence(event, graph)
  }
}

type StepEvent = EventOf<
  | 'StepSkipped'
  | 'DelayStarted'
  | 'WaitStarted'
  | 'CallbackReceived'
  | 'AnswerIgnored'
  | 'ChildStarted'
  | 'StepSucceeded'
  | 'StepFailed'
  | 'StepCancelled'
>

function stepSentence(event: StepEvent, graph: Graph): string {
  const name = stepTitle(event.step, graph)
  switch (event.type) {
    case 'StepSkipped':
      return `${name} is skipped: ${deadEdges(event, graph)}.`
    case 'DelayStarted':
      return `${name} waits ${formatDuration(event.until - event.at)}.`
    case 'WaitStarted':
      return `${name} waits for ${awaited[event.for]} ${named(event.name)}${event.until === undefined ? '' : `, at most ${formatDuration(event.until - event.at)}`}.`
    case 'CallbackReceived':
      return `${name}: its call came before it began to wait, and is kept for it.`
    case 'AnswerIgnored':
      return `${name}: an answer that came too late is ignored: ${ended(event.reason)}`
    case 'ChildStarted':
      return `${name} started version ${event.version} of the workflow ${event.workflowId}, and waits for its end.`
    case 'StepSucceeded':
      return succeededSentence(event, graph)
    case 'StepFailed':
      return `${name} failed: ${ended(event.failure.message)}${handledSentence(event)}`
    case 'StepCancelled':
      return `${name} is cancelled.`
  }
}

const awaited = { signal: 'the signal', approval: 'the approval', callback: 'the callback' } as const

type AttemptEvent = EventOf<
  'AttemptStarted' | 'AttemptFailed' | 'AttemptInterrupted' | 'AttemptIgnored' | 'StepUnknown' | 'UnknownAnswered'
>

function attemptSentence(event: AttemptEvent, name: string): string {
  switch (event.type) {
    case 'AttemptStarted':
      return `${name}: attempt ${event.attempt} leaves, to be answered within ${formatDuration(event.timeoutAt - event.at)}.`
    case 'AttemptFailed':
      return `${name}: attempt ${event.attempt} failed, ${ended(event.failure.message)} ${retrySentence(event)}`
    case 'AttemptInterrupted':
      return `${name}: the process stopped during attempt ${event.attempt}; what it did outside is unknown.`
    case 'AttemptIgnored':
      return `${name}: a late answer to attempt ${event.attempt} (${event.outcome}) is ignored: ${ended(event.reason)}`
    case 'StepUnknown':
      return `${name}: the process stopped during attempt ${event.attempt}. It acts at most once, so a person must say what it did.`
    case 'UnknownAnswered':
      return `${name}: a person says ${unknownAnswers[event.answer]}.`
  }
}

const unknownAnswers = {
  succeeded: 'that it succeeded',
  failed: 'that it failed',
  retry: 'that it is to be tried again',
} as const

type WholeEvent = Exclude<RecordedEvent, StepEvent | AttemptEvent | Parameters<typeof iterationSentence>[0]>

function wholeSentence(event: WholeEvent, graph: Graph): string {
  switch (event.type) {
    case 'ExecutionStarted':
      return `Version ${event.version} of ${graph.name} started by ${nodeLabel(event.triggerNode, graph)}.`
    case 'SignalReceived':
      return `The signal ${named(event.name)} came.${consideredSentence(event)}`
    case 'ExecutionPaused':
      return `The execution is paused${pausedBy[event.reason]}: nothing begins, and timers ${event.timers === 'frozen' ? 'stand still' : 'run on'}.`
    case 'ExecutionResumed':
      return 'The execution goes on.'
    case 'ParentHeard':
      return `The execution that started this one has told it to ${event.notice}.`
    case 'ExecutionRetried':
      return 'The execution is retried: it goes on where it failed.'
    case 'CompensationStarted':
      return `What was done is being undone, the newest first: ${someOf(
        event.steps.map((step) => stepTitle(step, graph)),
        event.more,
      )}.`
    case 'NoticeDelivered':
      return event.child === undefined
        ? 'The execution that started this one knows that it has ended.'
        : `A child has been told to ${event.notice}.`
    case 'ExecutionSucceeded':
      return 'The execution succeeded.'
    case 'ExecutionFailed':
      return `The execution failed${event.step === undefined ? '' : ` at ${stepTitle(event.step, graph)}`}: ${ended(event.failure.message)}`
    case 'ExecutionCancelled':
      return `The execution was cancelled: ${ended(event.reason)}`
  }
}

const pausedBy = {
  requested: '',
  parent: ' with the one that started it',
  unknown: ' until a person says what a step did',
} as const

function consideredSentence({ considered = [] }: EventOf<'SignalReceived'>): string {
  if (considered.length === 0) return ''
  return ` ${counted(considered.length, 'step')} that waited for it did not take it.`
}

function succeededSentence(event: EventOf<'StepSucceeded'>, graph: Graph): string {
  const name = stepTitle(event.step, graph)
  const node = graph.nodes.find((candidate) => candidate.id === nodeOf(event.step))
  const role = node === undefined ? undefined : kindNamed(node.kind)?.role
  if (role === 'container') return `${name} is through.`
  if (role === 'wait') return waitedSentence(name, event)
  if (event.decision !== undefined) return `${name} leaves by ${listed(event.ports)}: ${decisionSentence(event)}.`
  if (event.response !== undefined) return `${name} answers the caller with ${event.response.status}.`
  const attempt = event.attempt === undefined || event.attempt < 2 ? '' : ` at attempt ${event.attempt}`
  return `${name} succeeded${attempt}.`
}

function waitedSentence(name: string, { ports, decision }: EventOf<'StepSucceeded'>): string {
  const [port] = ports
  if (port === 'approved' || port === 'rejected') return `${name} is ${port}.`
  if (port === 'timeout') return `${name} waited in vain, and leaves by timeout.`
  return decision === undefined ? `${name} goes on.` : `${name} takes the signal: ${heldRules(decision)}.`
}

/** The rule that decided, as it was recorded. */
function decisionSentence({ decision = [] }: EventOf<'StepSucceeded'>): string {
  return decision.some((rule) => rule.result) ? heldRules(decision) : 'no rule held'
}

const heldRules = (rules: NonNullable<EventOf<'StepSucceeded'>['decision']>): string =>
  rules
    .filter((rule) => rule.result)
    .map((rule) => `${oneLine(rule.when)} was true`)
    .join(', ')

function deadEdges(event: EventOf<'StepSkipped'>, graph: Graph): string {
  if (event.deadEdges.length === 0) return 'nothing leads to it'
  const [first, ...others] = event.deadEdges.map(({ from, port }) =>
    port === 'out'
      ? `${nodeLabel(from, graph)} did not lead here`
      : `${nodeLabel(from, graph)} did not leave by ${port}`,
  )
  return others.length === 0 ? `${first}` : `${first}, nor did ${counted(others.length, 'other edge')}`
}

const retrySentence = (event: EventOf<'AttemptFailed'>): string =>
  event.retryAt === undefined
    ? 'No attempt is left.'
    : `The next follows in ${formatDuration(event.retryAt - event.at)}.`

function handledSentence(event: EventOf<'StepFailed'>): string {
  if (event.handled === 'port') return ` It leaves by ${listed(event.ports)}.`
  return event.handled === 'continue' ? ' The workflow goes on without its output.' : ''
}

function nodeLabel(id: NodeId, graph: Graph): string {
  const node = graph.nodes.find((candidate) => candidate.id === id)
  return node === undefined ? id : labelOf(node)
}

function someOf(names: readonly string[], more = 0): string {
  const shown = names.slice(0, 3).join(', ')
  return names.length <= 3 ? shown : `${shown} and ${counted(names.length - 3 + more, 'other')}`
}

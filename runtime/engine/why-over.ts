import type { Reason } from '../../schemas/api/why.ts'
import type { CompensationCause } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { eventAt } from './bodies.ts'
import { instantText } from './instant.ts'
import type { StepState } from './state.ts'
import { nodeOf, scopeOf, stepIn } from './step-key.ts'
import { takenAt } from './taken-edges.ts'
import { topologyOf } from './topology.ts'
import { type Asking, deeper, edgesText, failureText, listText } from './why-reason.ts'

type Over = Extract<StepState, { endedAt: number }>

/** Why a step that is over ended as it did. */
export function overReasons(asking: Asking, step: StepKey, current: Over): Reason[] {
  switch (current.status) {
    case 'succeeded':
      return succeeded(asking, step, current)
    case 'failed':
      return failed(asking, step, current)
    case 'cancelled':
      return cancelled(asking, step)
    case 'skipped':
      return skipped(asking, step)
  }
}

/** What an execution that was cut off was cut off by; null when it goes on or has succeeded. */
export function causeOf({ state, read }: Asking): CompensationCause | null {
  if (state.compensation !== null) return state.compensation.cause
  if (state.status === 'cancelled') {
    return { type: 'cancelled', reason: eventAt({ read }, state.endAt, 'ExecutionCancelled').reason }
  }
  if (state.status !== 'failed') return null
  const { failure, step } = eventAt({ read }, state.endAt, 'ExecutionFailed')
  return { type: 'failed', failure, ...(step === undefined ? {} : { step }) }
}

export function causeText(cause: CompensationCause): string {
  if (cause.type === 'cancelled') return `the execution was cancelled: ${cause.reason}`
  const { step, failure } = cause
  return step === undefined ? failureText(failure) : `step ${step} failed with ${failureText(failure)}`
}

function succeeded(asking: Asking, step: StepKey, current: Extract<Over, { status: 'succeeded' }>): Reason[] {
  const { ports, endedAt, overAt } = current
  const event = asking.read(overAt)
  const rules = event.type === 'StepSucceeded' ? (event.decision ?? []) : []
  return [
    {
      depth: 0,
      what: 'step_succeeded',
      step,
      sentence: `step ${step} succeeded at ${instantText(endedAt)} and left by ${listText(ports)}`,
      at: endedAt,
    },
    ...deeper(
      rules.map((rule) => ({
        depth: 0,
        what: 'rule',
        step,
        sentence: `the rule ${rule.when} for ${rule.port} was ${rule.result}`,
        rule,
      })),
    ),
  ]
}

function failed(asking: Asking, step: StepKey, current: Extract<Over, { status: 'failed' }>): Reason[] {
  const { attempt, endedAt, overAt, handled, ports } = current
  const { failure } = eventAt(asking, overAt, 'StepFailed')
  const { code, message } = failure
  const last = attempt === 0 ? '' : `, attempt ${attempt}`
  const way = ports.length === 0 ? 'and the next one is undone all the same' : `and left by ${listText(ports)}`
  const then = handled === 'fail' ? 'and ended what it is part of' : way
  return [
    {
      depth: 0,
      what: 'step_failed',
      step,
      sentence: `step ${step} failed at ${instantText(endedAt)}${last} with ${failureText(failure)}, ${then}`,
      at: endedAt,
      error: { code, message },
      ...(attempt === 0 ? {} : { attempt }),
    },
  ]
}

function cancelled(asking: Asking, step: StepKey): Reason[] {
  const cause = causeOf(asking)
  const because = cause === null ? 'what it was part of failed' : causeText(cause)
  const reason: Reason = {
    depth: 0,
    what: 'step_cancelled',
    step,
    sentence: `step ${step} is cancelled because ${because}`,
  }
  const failedStep = cause?.type === 'failed' ? cause.step : undefined
  return [reason, ...deeper(failedStep === undefined ? [] : asking.explain(failedStep))]
}

function skipped(asking: Asking, step: StepKey): Reason[] {
  const { state } = asking
  const scope = scopeOf(step)
  // The edges from a container to its first steps are always taken.
  const { parent: container } = topologyOf(state.graph).node(nodeOf(step))
  const dead = topologyOf(state.graph)
    .edgesTo(nodeOf(step))
    .filter((edge) => edge.from !== container && takenAt(state, edge, scope) === null)
  const edges = dead.map(({ from, port }) => ({ from, port }))
  const said = { depth: 0, what: 'step_skipped', step, edges } as const
  if (dead.length === 0)
    return [{ ...said, sentence: `step ${step} is skipped: ${state.triggerNode} started the execution` }]
  const sources = [...new Set(dead.map(({ from }) => stepIn(scope, from)))]
  return [
    { ...said, sentence: `step ${step} was skipped: ${edgesText(dead)} died` },
    ...deeper(sources.flatMap(asking.explain)),
  ]
}

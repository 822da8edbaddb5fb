import type { Reason } from '../../schemas/api/why.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { instantText } from './instant.ts'
import type { StepState } from './state.ts'
import { type Asking, deeper, failureText } from './why-reason.ts'

type Active = Exclude<StepState, { endedAt: number }>

/** Why a step that has begun is not over. */
export function activeReasons(asking: Asking, step: StepKey, current: Active): Reason[] {
  const said = { depth: 0, step } as const
  switch (current.status) {
    case 'running': {
      const { attempt, timeoutAt: until } = current
      const sentence = `attempt ${attempt} of step ${step} is in flight, at most until ${instantText(until)}`
      return [{ ...said, what: 'attempt', sentence, attempt, until }]
    }
    case 'retrying': {
      const { retryAt: until, failure } = current
      const attempt = current.attempt + 1
      const sentence = `step ${step} waits for a retry at ${instantText(until)}, attempt ${attempt}; the last error was ${failureText(failure)}`
      return [{ ...said, what: 'retry', sentence, attempt, until, error: failure }]
    }
    case 'failing': {
      const { attempt, failure } = current
      const sentence = `attempt ${attempt} of step ${step} has failed with ${failureText(failure)}`
      return [{ ...said, what: 'attempt', sentence, attempt, error: failure }]
    }
    case 'interrupted': {
      const { attempt } = current
      const sentence = `attempt ${attempt} of step ${step} was left open, and the next one begins when the execution goes on`
      return [{ ...said, what: 'interrupted', sentence, attempt }]
    }
    case 'unknown': {
      const { attempt } = current
      const sentence = `step ${step} is unknown: a crash left open what attempt ${attempt} did, and a person must say it`
      return [{ ...said, what: 'unknown', sentence, attempt }]
    }
    case 'child': {
      const { executionId } = current
      const sentence = `step ${step} waits for the end of execution ${executionId}, which it started`
      return [{ ...said, what: 'child', sentence, executionId }]
    }
    case 'delayed':
      return [
        {
          ...said,
          what: 'delay',
          sentence: `step ${step} waits until ${instantText(current.until)}`,
          until: current.until,
        },
      ]
    case 'waiting':
      return [{ ...said, ...waitReason(step, current) }]
    case 'open':
      return [
        { ...said, ...containerReason(step, current.iterations) },
        ...deeper((asking.active.get(step) ?? []).flatMap(asking.explain)),
      ]
    case 'ready':
      return [{ ...said, what: 'retried', sentence: `step ${step} begins anew, because the execution is retried` }]
  }
}

type Said = Omit<Reason, 'depth' | 'step'>

function waitReason(step: StepKey, { for: what, name, until }: Extract<StepState, { status: 'waiting' }>): Said {
  const end = until === null ? '' : `, at most until ${instantText(until)}`
  const sentence = `step ${step} waits for the ${what} ${name}${end}`
  return { what, sentence, name, ...(until === null ? {} : { until }) }
}

function containerReason(step: StepKey, iterations: Extract<StepState, { status: 'open' }>['iterations']): Said {
  const { size, first, next, failed, firstFailed, batchSize } = iterations
  const open = iterations.open.size
  const over = next - first - open
  const counts = { open, over, failed }
  if (size === null) {
    return {
      what: 'repeat',
      sentence: `repeat ${step} has ${open} iteration open and ${over} over`,
      iterations: counts,
    }
  }
  const things = batchSize === null ? 'items' : 'batches'
  const failures = firstFailed === null ? '' : `, of which ${failed} failed, the first at ${firstFailed}`
  const sentence = `each ${step} has ${open} of ${size - first} ${things} open and ${over} over${failures}`
  return { what: 'each', sentence, iterations: { size: size - first, ...counts } }
}

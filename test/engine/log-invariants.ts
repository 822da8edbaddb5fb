import { expect } from 'vitest'

import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'
import { throughJson } from '../support/given.ts'
import { checkBeginnings } from './beginning-invariants.ts'
import { checkContainers } from './container-invariants.ts'
import { checkSteps } from './step-invariants.ts'
import { checkWaits } from './wait-invariants.ts'

const ends = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionCancelled'])
/** What may come after an end: that others have heard of it, and a retry. */
const afterTheEnd = new Set(['NoticeDelivered', 'ExecutionRetried'])
/** What begins something, or follows from what began: nothing of it happens in a pause. */
const beginnings = new Set([
  'AttemptStarted',
  'DelayStarted',
  'WaitStarted',
  'EachStarted',
  'RepeatStarted',
  'IterationStarted',
  'IterationSucceeded',
  'StepSkipped',
])

/**
 * What must hold of any log, at any length; the letters are those of the reliability catalogue, and
 * H for what holds in a pause, U for undoing.
 */
export function checkLog(log: readonly ExecutionEvent[], graph: Graph, triggerNode: string): void {
  expect(log.map(({ type }) => type).lastIndexOf('ExecutionStarted'), 'L4: it begins once').toBe(0)
  for (const [index, event] of log.entries()) {
    const before = log[index - 1]
    expect(event.at, 'L8: time never goes back').toBeGreaterThanOrEqual(before?.at ?? 0)
    expect(throughJson(event), 'L11: it is JSON of a known shape').toEqual(event)
  }
  checkEnds(log)
  checkPauses(log)
  checkUndoing(log, graph)
  checkSteps(log, graph)
  checkBeginnings(log, graph, triggerNode)
  checkContainers(log, graph)
  checkWaits(log, graph)
}

function checkEnds(log: readonly ExecutionEvent[]): void {
  let end: ExecutionEvent | null = null
  for (const event of log) {
    if (end !== null) expect(event.type, 'L5: the end is last, but for what comes after it').toBeOneOf([...afterTheEnd])
    if (event.type === 'ExecutionRetried') {
      expect(end?.type, 'L5: only what failed is retried').toBe('ExecutionFailed')
      end = null
    }
    if (ends.has(event.type)) end = event
  }
}

function checkPauses(log: readonly ExecutionEvent[]): void {
  let isPaused = false
  for (const event of log) {
    if (event.type === 'ExecutionPaused') isPaused = true
    if (event.type === 'ExecutionResumed') {
      expect(isPaused, 'H1: only what is paused is resumed').toBe(true)
      isPaused = false
    }
    if (ends.has(event.type)) isPaused = false
    if (isPaused) expect(beginnings, 'H2: nothing begins in a pause').not.toContain(event.type)
  }
}

/** What is undone is what succeeded and can be, the newest first, and one after another. */
function checkUndoing(log: readonly ExecutionEvent[], graph: Graph): void {
  const undoes = new Map<string, string>(
    graph.edges.filter(({ port }) => port === 'compensate').map(({ from, to }) => [from, to]),
  )
  const keyOf = (step: string) => {
    const [node = '', scope] = step.split('@')
    return scope === undefined ? undoes.get(node) : `${undoes.get(node)}@${scope}`
  }
  const at = log.findIndex(({ type }) => type === 'CompensationStarted')
  const started = log[at]
  if (started?.type !== 'CompensationStarted') return
  const succeeded = log.slice(0, at).flatMap((event) => (event.type === 'StepSucceeded' ? [event.step] : []))
  const undone = succeeded.filter((step) => undoes.has(step.split('@')[0] ?? ''))
  expect(started.steps, 'U1: all that can be undone is, the newest first').toEqual(undone.toReversed())
  const over = log
    .slice(at)
    .flatMap((event) => (event.type === 'StepSucceeded' || event.type === 'StepFailed' ? [event.step] : []))
  expect(over, 'U2: one after another').toEqual(started.steps.map(keyOf).slice(0, over.length))
  const isOver = log.slice(at).some(({ type }) => ends.has(type))
  if (isOver) expect(over.length, 'U3: all of it before the end').toBe(started.steps.length)
}

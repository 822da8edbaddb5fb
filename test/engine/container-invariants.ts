import { expect } from 'vitest'

import { nodeOf } from '../../runtime/engine/index.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'

/** What a container has done so far. */
type Course = {
  readonly opened: EventOf<'EachStarted' | 'RepeatStarted'>
  next: number
  readonly open: Set<number>
  readonly results: Map<number, unknown>
}

/** S7: every item once and in order, no more at once than allowed, and the results in the order of the items. */
export function checkContainers(log: readonly ExecutionEvent[], graph: Graph): void {
  const courses = new Map<StepKey, Course>()
  for (const event of log) {
    if (event.type === 'EachStarted' || event.type === 'RepeatStarted') {
      expect(courses.has(event.step), `S7: ${event.step} opens once`).toBe(false)
      courses.set(event.step, { opened: event, next: 0, open: new Set(), results: new Map() })
      continue
    }
    const course = 'step' in event && event.step !== undefined ? courses.get(event.step) : undefined
    if (course === undefined) continue
    if (event.type === 'IterationStarted') begin(event, course, graph)
    if (event.type === 'IterationSucceeded' || event.type === 'IterationFailed') end(event, course, log)
    if (event.type === 'StepSucceeded') checkResult(event, course)
  }
}

function begin({ step, index }: EventOf<'IterationStarted'>, course: Course, graph: Graph): void {
  expect(index, `S7: the iterations of ${step} begin in order`).toBe(course.next)
  course.next += 1
  course.open.add(index)
  const { opened } = course
  const config = graph.nodes.find(({ id }) => id === nodeOf(step))?.config ?? {}
  const atOnce = opened.type === 'EachStarted' && opened.batchSize === undefined ? opened.concurrency : 1
  expect(course.open.size, `S7: ${step} does no more at once`).toBeLessThanOrEqual(atOnce)
  const limit = opened.type === 'EachStarted' ? opened.items.length : Number(config['maxIterations'])
  expect(course.next, `S7: ${step} does no more than it may`).toBeLessThanOrEqual(limit)
}

function end(event: EventOf<'IterationSucceeded' | 'IterationFailed'>, course: Course, log: readonly ExecutionEvent[]) {
  const { step, index } = event
  expect(course.open.delete(index), `S7: iteration ${index} of ${step} ends once`).toBe(true)
  if (event.type === 'IterationFailed') {
    const { code, message } = event.failure
    course.results.set(index, { error: { code, message, step: event.failedStep } })
  } else course.results.set(index, resultOf(event, log))
}

function resultOf({ output }: EventOf<'IterationSucceeded'>, log: readonly ExecutionEvent[]): unknown {
  if (output.shape === 'collected') return output.value
  if (output.shape === 'none') return null
  if (output.shape === 'step') return bodyAt(output.position, log)
  return Object.fromEntries(output.steps.map(({ step, position }) => [nodeOf(step), bodyAt(position, log)]))
}

function bodyAt(position: number, log: readonly ExecutionEvent[]): unknown {
  const event = log[position - 1]
  if (event?.type === 'StepSucceeded') return event.outputAt === undefined ? event.output : bodyAt(event.outputAt, log)
  return event !== undefined && 'data' in event ? event.data : undefined
}

function checkResult({ step, output }: EventOf<'StepSucceeded'>, { opened, open, results, next }: Course): void {
  expect([...open], `S7: ${step} ends when its iterations have`).toEqual([])
  const inOrder = [...results].toSorted(([left], [right]) => left - right).map(([, result]) => result)
  if (opened.type === 'RepeatStarted') expect(output).toMatchObject({ iterations: next, last: inOrder.at(-1) ?? null })
  else if (opened.batchSize === undefined) {
    expect(next, `S7: ${step} has done all of its items`).toBe(opened.items.length)
    expect(output, `S7: ${step} gives its results in order`).toEqual(inOrder)
  }
}

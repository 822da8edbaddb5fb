import type { GeneratedExecution } from '../generated-execution.ts'
import { againMs, type Intervention } from '../generated-world.ts'
import { markSkipped, succeed } from './ends.ts'
import { leavesOf, settle } from './flow.ts'
import { newRun } from './place.ts'
import { Story } from './story.ts'
import { cancel, deadlineAt, dueAt, happen, resume, resumeWhenKnown, wake } from './world.ts'

/**
 * What an execution comes to, worked out without a log, a state or commands: by doing what
 * `runtime/engine/SPEC.md` says to plain objects that know one another, looking through all of them
 * at every step. Slow, and written apart from the engine.
 */
export function expected(given: GeneratedExecution): Story {
  const story = new Story(given)
  for (const intervention of given.interventions) plan(story, intervention)
  startAt(story, given.triggerNode)
  settle(story)
  for (let failures = 0, count = 0; ; count += 1) {
    resumeWhenKnown(story)
    story.endTurn()
    if (story.failures > failures) planRetry(story, failures)
    failures = story.failures
    if (!story.isRunning && story.plans.length === 0) return story
    if (count > 10_000) throw new Error('the story does not end')
    next(story)
  }
}

function plan(story: Story, intervention: Intervention): void {
  story.plan(intervention.atMs, { what: 'intervention', intervention })
  if (intervention.does === 'cancel' && intervention.isTwice) {
    story.plan(intervention.atMs + againMs, { what: 'intervention', intervention })
  }
  if (intervention.does === 'pause') story.plan(intervention.atMs + intervention.forMs, { what: 'resume' })
}

function planRetry(story: Story, failures: number): void {
  const afterMs = story.given.retriesAfterMs[failures]
  if (afterMs !== undefined) story.plan(afterMs, { what: 'retry' })
}

function startAt(story: Story, triggerNode: string): void {
  for (const node of story.graph.nodes.filter(({ kind }) => triggers.includes(kind))) {
    const run = newRun(node, story.root)
    story.root.runs.set(node.id, run)
    story.runs.push(run)
    if (node.id === triggerNode) succeed(story, run, story.given.trigger)
    else markSkipped(story, run)
  }
}

const triggers = ['manual', 'webhook', 'event', 'failure']

/** What comes first: what is due, or what the world does. At the same moment what is due. */
function next(story: Story): void {
  const timer = Math.min(deadlineAt(story), ...story.active.map((run) => dueAt(story, run)))
  const [soonest] = story.plans.toSorted((left, right) => left.at - right.at)
  if (soonest === undefined || timer <= soonest.at) {
    if (timer === Number.POSITIVE_INFINITY) giveUp(story)
    else {
      story.now = Math.max(story.now, timer)
      wake(story)
    }
    return
  }
  story.plans = story.plans.filter((other) => other !== soonest)
  story.now = Math.max(story.now, soonest.at)
  happen(story, soonest.happening)
}

/** Nothing moves it any more: somebody resumes it, or cancels it. */
function giveUp(story: Story): void {
  if (story.pause === null) cancel(story, false)
  else resume(story)
}

/** What the execution as a whole gives. */
export const outputOf = (story: Story): unknown =>
  story.answeredBy === null ? leavesOf(story, story.root) : story.answeredBy.output

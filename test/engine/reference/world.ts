import { t0 } from '../../support/events.ts'
import type { ChildEnd, Intervention, Verdict } from '../generated-world.ts'
import { endOrUndo, fail, succeed } from './ends.ts'
import { begin, lookAgain, settle, stopped, wasOpen } from './flow.ts'
import type { Run } from './place.ts'
import type { AttemptFault, Happening, Story } from './story.ts'
import { matches, planVerdict, retryOrFail, startAttempt, takeAnswer } from './trying.ts'

/** Lets something happen to an execution. After its end only a retry does anything. */
export function happen(story: Story, happening: Happening): void {
  if (happening.what === 'retry') retry(story)
  else if (story.isRunning) happenNow(story, happening)
}

function happenNow(story: Story, happening: Exclude<Happening, { what: 'retry' }>): void {
  switch (happening.what) {
    case 'answer':
      endAttempt(story, happening.run, happening.attempt, happening.failure)
      break
    case 'loss':
      loseAttempt(story, happening.run, happening.attempt)
      break
    case 'child':
      endChild(story, happening.run, happening.attempt, happening.status)
      break
    case 'call':
      answerCall(story, happening.key, happening.data)
      break
    case 'decision':
      decideApproval(story, happening.key, happening.decision)
      break
    case 'verdict':
      answerUnknown(story, happening.run, happening.outcome)
      break
    case 'intervention':
      intervene(story, happening.intervention)
      break
    default:
      resume(story)
  }
}

function intervene(story: Story, intervention: Intervention): void {
  if (intervention.does === 'signal') signal(story, intervention)
  else if (intervention.does === 'callback') answerCall(story, intervention.step, { early: intervention.step })
  else if (intervention.does === 'pause') pauseBy(story, 'person', intervention.timers)
  else if (intervention.does === 'cancel') cancel(story, intervention.compensate)
  else if (intervention.does === 'parent') hearParent(story, intervention)
  else crash(story)
}

function endAttempt(story: Story, run: Run, attempt: number, failure: AttemptFault | null): void {
  if (run.status !== 'trying' || run.attempts !== attempt) return
  if (failure === null) takeAnswer(story, run, attempt)
  else retryOrFail(story, run, failure)
  settle(story)
}

function endChild(story: Story, run: Run, attempt: number, status: ChildEnd['status']): void {
  if (run.status === 'child' && run.childOf === attempt) {
    if (status === 'succeeded') succeed(story, run, { ended: `child of ${run.key} ${attempt}` })
    else fail(story, run, { code: `child_${status}`, message: '' })
    settle(story)
  } else if (['trying', 'retrying', 'interrupted', 'unknown'].includes(run.status))
    refuse(story, 'EndChild not_waiting')
}

function answerCall(story: Story, key: string, data: unknown): void {
  const run = story.runOf(key)
  const isOfWait = story.graph.nodes.some(
    ({ id, kind, config }) => id === key.split('@')[0] && kind === 'wait' && config['for'] === 'callback',
  )
  if (!isOfWait) refuse(story, 'AnswerCallback not_waiting')
  else if (run?.status === 'waiting') {
    succeed(story, run, data)
    settle(story)
  } else if (run === undefined && story.placeOf(key) !== undefined && story.undoing === null && !story.calls.has(key)) {
    story.calls.set(key, data)
  }
}

function decideApproval(story: Story, key: string, decision: 'approved' | 'rejected'): void {
  const run = story.runOf(key)
  if (run?.status !== 'waiting') return
  succeed(story, run, { decision, data: { by: key } }, [decision])
  settle(story)
}

function answerUnknown(story: Story, run: Run, outcome: Verdict['outcome']): void {
  if (run.status !== 'unknown') {
    refuse(story, 'AnswerUnknown not_unknown')
    return
  }
  run.status = 'interrupted'
  if (outcome === 'succeeded') succeed(story, run, { said: run.key })
  else if (outcome === 'failed') fail(story, run, { code: 'failed_by_hand', message: '' })
}

/** A crash that takes one attempt with it. */
function loseAttempt(story: Story, run: Run, attempt: number): void {
  if (run.status === 'trying' && run.attempts === attempt) lose(story, run)
}

function crash(story: Story): void {
  story.plans = story.plans.filter(({ happening: { what } }) => what !== 'answer' && what !== 'loss')
  for (const run of story.active.filter(({ status }) => status === 'trying')) lose(story, run)
}

function lose(story: Story, run: Run): void {
  if (run.node.once === true) {
    run.status = 'unknown'
    planVerdict(story, run)
    if (story.pause !== null) return
    pauseBy(story, 'nobody', 'frozen')
    return
  }
  run.status = 'interrupted'
  if (story.pause === null) startAttempt(story, run)
}

function signal(story: Story, { name, data, id }: Extract<Intervention, { does: 'signal' }>): void {
  if (id !== undefined && story.signalIds.has(id)) return
  if (id !== undefined) story.signalIds.add(id)
  const [taker] = story.runs
    .filter(
      ({ status, node }) => status === 'waiting' && node.config['for'] === 'signal' && node.config['name'] === name,
    )
    .filter((run) => matches(story, run, data))
    .sort((left, right) => left.waitsSince - right.waitsSince)
  if (taker === undefined) story.signals.push({ name, data })
  else succeed(story, taker, data)
  settle(story)
}

export function cancel(story: Story, compensate: boolean): void {
  if (story.undoing !== null) refuse(story, 'CancelExecution compensated')
  else {
    endOrUndo(story, { ends: 'cancelled' }, compensate)
    settle(story)
  }
}

function pauseBy(story: Story, who: 'person' | 'parent' | 'nobody', timers: 'frozen' | 'running'): void {
  if (story.pause === null) {
    story.pause = { isFrozen: timers === 'frozen', byPerson: false, byParent: false, at: story.now }
    story.tellChildren('pause')
  }
  if (who === 'person') story.pause.byPerson = true
  if (who === 'parent') story.pause.byParent = true
}

/** What came before something later is forgotten. Whether anything holds it still is asked when this is over. */
function hearParent(story: Story, { notedAt, wish }: Extract<Intervention, { does: 'parent' }>): void {
  if (notedAt <= story.heardAt) return
  story.heardAt = notedAt
  if (wish.notice === 'pause') {
    pauseBy(story, 'parent', wish.timers)
    return
  }
  if (wish.notice === 'cancel' && story.undoing === null) endOrUndo(story, { ends: 'cancelled' }, wish.compensate)
  if (story.pause !== null) story.pause.byParent = false
  settle(story)
}

export function resume(story: Story): void {
  if (story.pause === null) refuse(story, 'ResumeExecution not_paused')
  else if (story.active.some(({ status }) => status === 'unknown')) refuse(story, 'ResumeExecution unknown_steps')
  else if (story.pause.byPerson && story.pause.byParent) story.pause.byPerson = false
  else goOn(story)
}

/** Ends a pause that neither a person nor the parent holds, when nothing is left to ask anybody. */
export function resumeWhenKnown(story: Story): void {
  const isPaused = story.isRunning && story.pause !== null && !story.pause.byPerson && !story.pause.byParent
  if (isPaused && !story.active.some(({ status }) => status === 'unknown')) goOn(story)
}

function goOn(story: Story): void {
  story.unpause()
  story.tellChildren('resume')
  for (const run of story.active.filter(({ status }) => status === 'interrupted')) startAttempt(story, run)
  lookAgain(story)
}

/** Goes on after a failure, unless that would only compute the same again. */
function retry(story: Story): void {
  const { cause } = story
  if (story.status !== 'failed' || cause?.ends !== 'failed') throw new Error('a retry follows a failure')
  const run = cause.key === null ? undefined : story.runOf(cause.key)
  if (story.undoing !== null) refuse(story, 'RetryExecution compensated')
  else if (run !== undefined && run.attempts === 0 && run.fault?.code !== 'wait_timeout') {
    refuse(story, 'RetryExecution computes_the_same')
  } else {
    story.status = 'running'
    story.cause = null
    story.deadline = story.clock + story.limit
    for (const one of stopped(story)) Object.assign(one, { status: wasOpen(one) ? 'open' : 'again', failures: 0 })
    for (const one of story.active) if (one.status === 'again') begin(story, one)
    lookAgain(story)
  }
}

/** What is due, in the order of its moments and then of the keys; the execution's own limit before all of the same moment. */
export function wake(story: Story): void {
  const due = story.active.flatMap((run) => {
    const at = dueAt(story, run)
    return at <= story.now ? [{ at, run }] : []
  })
  const deadline = deadlineAt(story)
  const all = [...(deadline <= story.now ? [{ at: deadline, run: null }] : []), ...due]
  for (const { at, run } of all.sort((left, right) => left.at - right.at)) {
    if (!story.isRunning) return
    if (run === null) endOrUndo(story, { ends: 'failed', code: 'execution_timeout', key: null }, true)
    else if (dueAt(story, run) === at) fire(story, run)
    settle(story)
  }
}

function fire(story: Story, run: Run): void {
  if (run.status === 'retrying') startAttempt(story, run)
  else if (run.status === 'delayed') succeed(story, run, { until: t0 + run.due + story.frozenMs })
  else if (run.status === 'waiting') {
    const leaves = story.graph.edges.some(({ from, port }) => from === run.node.id && port === 'timeout')
    if (leaves) succeed(story, run, null, ['timeout'])
    else fail(story, run, { code: 'wait_timeout', message: '' })
  } else retryOrFail(story, run, { fault: { code: 'timeout', message: '' }, isFinal: false, retryAfterMs: 0 })
}

/** When the run goes on by itself, by the world's clock; never while it is held. */
export function dueAt(story: Story, { status, due }: Run): number {
  if (status === 'trying') return due
  const waits = status === 'retrying' || status === 'delayed' || status === 'waiting'
  return waits && story.pause === null ? due + story.frozenMs : Number.POSITIVE_INFINITY
}

export function deadlineAt(story: Story): number {
  const stands = !story.isRunning || story.undoing !== null || story.pause?.isFrozen === true
  return stands ? Number.POSITIVE_INFINITY : story.deadline + story.frozenMs
}

function refuse(story: Story, reason: string): void {
  story.refusals.push(reason)
}

import type { StepKey } from '../../../schemas/graph.ts'
import { againMs, behaviourOf, meetsOf } from '../generated-world.ts'
import { fail, succeed } from './ends.ts'
import type { Fault, Run } from './place.ts'
import { type AttemptFault, type Happening, policyOf, type Story } from './story.ts'
import { ask, namesAt } from './texts.ts'

/** Asks the world, which answers as it is written. */
export function startAttempt(story: Story, run: Run): void {
  run.attempts += 1
  run.status = 'trying'
  const limitMs = run.node.timeoutMs ?? 30_000
  run.due = story.now + limitMs
  const { attempts: attempt } = run
  const { does, afterMs, retryAfterMs } = behaviourOf(story.given, run.key as StepKey, attempt)
  if (does === 'hang') return
  if (does === 'crash') story.plan(afterMs, { what: 'loss', run, attempt })
  else {
    const isFinal = does === 'refuse'
    const failure = does === 'fail' || isFinal ? { fault: busy, isFinal, retryAfterMs } : null
    story.plan(does === 'answer late' ? limitMs + 1 : afterMs, { what: 'answer', run, attempt, failure })
  }
}

const busy: Fault = { code: 'http_503', message: 'busy' }

/** An attempt has failed: another follows, or the step has failed. */
export function retryOrFail(story: Story, run: Run, { fault, isFinal, retryAfterMs }: AttemptFault): void {
  run.failures += 1
  const policy = policyOf(run)
  if (!isFinal && policy !== undefined && run.failures < policy.maxAttempts) {
    const interval = policy.initialIntervalMs * policy.backoffCoefficient ** (run.failures - 1)
    const due = story.clock + Math.max(Math.min(interval, policy.maxIntervalMs), retryAfterMs)
    if (due < story.deadline || story.undoing !== null) {
      Object.assign(run, { status: 'retrying', due })
      return
    }
  }
  fail(story, run, fault)
}

/** What the attempt gave. A workflow that is waited for has only begun. */
export function takeAnswer(story: Story, run: Run, attempt: number): void {
  const { key, node } = run
  const started = { workflowId: 'shipping', executionId: `child of ${key} ${attempt}`, version: 1 }
  if (node.kind !== 'workflow') succeed(story, run, { body: `${key} ${attempt}` })
  else if (node.config['wait'] === false) succeed(story, run, started)
  else {
    run.status = 'child'
    run.childOf = attempt
    if (story.pause !== null) story.tell(run, 'pause')
    const { status, afterMs } = meetsOf(story.given, key as StepKey).child
    story.plan(afterMs, { what: 'child', run, attempt, status })
  }
}

/** Waits for the world. What came early is taken at once. */
export function startWait(story: Story, run: Run): void {
  const { config } = run.node
  const limitMs = config['timeoutMs']
  run.status = 'waiting'
  story.moments += 1
  run.waitsSince = story.moments
  run.due = limitMs === undefined ? Number.POSITIVE_INFINITY : story.clock + Number(limitMs)
  if (config['for'] === 'signal') {
    const taken = story.signals.find(({ name, data }) => name === config['name'] && matches(story, run, data))
    if (taken === undefined) return
    story.signals = story.signals.filter((signal) => signal !== taken)
    succeed(story, run, taken.data)
    return
  }
  planAnswers(story, run)
  if (config['for'] === 'callback' && story.calls.has(run.key)) {
    const data = story.calls.get(run.key)
    story.calls.delete(run.key)
    succeed(story, run, data)
  }
}

/** A match that cannot be asked does not hold. */
export function matches(story: Story, { node, place }: Run, data: unknown): boolean {
  const { match } = node.config
  if (match === undefined) return true
  const said = ask(String(match), { ...namesAt(place, story.given.trigger), signal: data })
  return said.ok && said.value === true
}

function planAnswers(story: Story, { key, node }: Run): void {
  const { does, afterMs } = meetsOf(story.given, key as StepKey).wait
  if (does === 'nothing') return
  const happening: Happening =
    node.config['for'] === 'callback'
      ? { what: 'call', key, data: { called: key } }
      : { what: 'decision', key, decision: does === 'no' ? 'rejected' : 'approved' }
  for (const ms of does === 'twice' ? [afterMs, afterMs + againMs] : [afterMs]) story.plan(ms, happening)
}

export function planVerdict(story: Story, run: Run): void {
  const { outcome, afterMs, isTwice } = meetsOf(story.given, run.key as StepKey).verdict
  for (const ms of isTwice ? [afterMs, afterMs + againMs] : [afterMs]) story.plan(ms, { what: 'verdict', run, outcome })
}

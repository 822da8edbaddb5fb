import { edgesFrom, type Fault, isInside, isUndoer, isWithin, type Place, type Run, undoerOf } from './place.ts'
import type { Cause, Story } from './story.ts'

/** A run has succeeded. */
export function succeed(story: Story, run: Run, output: unknown, ports: readonly string[] = ['out']): void {
  story.untell(run)
  Object.assign(run, { status: 'succeeded', output, ports })
  if (isUndoer(story.graph, run.node.id)) countUndone(story, run)
  else {
    if (undoerOf(story.graph, run.node.id) !== null) story.undoable.unshift(run)
    lead(story, run)
  }
}

export function markSkipped(story: Story, run: Run): void {
  run.status = 'skipped'
  lead(story, run)
}

/** A run has failed, and with it what it is in, as far as nothing goes on from there. */
export function fail(story: Story, run: Run, fault: Fault, ends = false): void {
  if (markFailed(story, run, fault, ends)) failAround(story, run.place, { fault, run }, ends)
}

/** Ends an iteration that cannot come to anything. */
export function failIteration(story: Story, place: Place, root: Root): void {
  const { container, index } = place
  if (container === null) throw new Error('an iteration has a container')
  const { code, message } = root.fault
  container.failedItems.push(index)
  if (container.node.kind === 'each' && container.node.config['onItemError'] === 'continue') {
    cancelRuns(story, (run) => isWithin(run.place, place))
    close(place, { error: { code, message, step: root.run.key } })
    return
  }
  cancelRuns(story, (run) => isInside(run, container))
  const own = { code: container.node.kind === 'each' ? 'item_failed' : 'iteration_failed', message }
  if (markFailed(story, container, own, false)) failAround(story, container.place, root, false)
}

export function close(place: Place, result: unknown): void {
  const { container, index } = place
  place.isOpen = false
  container?.inside.delete(place)
  container?.results.set(index, result)
}

type Root = { readonly fault: Fault; readonly run: Run }

function failAround(story: Story, place: Place, root: Root, ends: boolean): void {
  if (place.container !== null && !ends) failIteration(story, place, root)
  else endOrUndo(story, { ends: 'failed', code: root.fault.code, key: root.run.key }, true)
}

/** True when nothing goes on from the failed run. */
function markFailed(story: Story, run: Run, fault: Fault, ends: boolean): boolean {
  const { node } = run
  if (run.status === 'child') story.untell(run)
  else if (hasAsked(run)) story.tell(run, 'cancel')
  Object.assign(run, { status: 'failed', fault, output: null, ports: [] })
  if (isUndoer(story.graph, node.id)) {
    countUndone(story, run)
    return false
  }
  const hasEdge = story.graph.edges.some(({ from, port }) => from === node.id && port === 'error')
  const choice = ends ? 'fail' : (node.onError ?? (hasEdge ? 'port' : 'fail'))
  run.isFatal = choice === 'fail'
  if (run.isFatal) return true
  run.ports = [choice === 'port' ? 'error' : node.kind === 'condition' ? 'else' : 'out']
  for (const place of run.inside) place.isOpen = false
  lead(story, run)
  return false
}

function countUndone(story: Story, run: Run): void {
  if (story.undoing === null) throw new Error(`${run.key} undoes something that goes on`)
  story.undoing.done += 1
  story.undone.push(run.key)
}

/** Decides the edges out of a run that is over. */
function lead(story: Story, { node, place, ports }: Run): void {
  for (const { from, port, to } of edgesFrom(story.graph, node.id)) {
    const led = place.led.get(to) ?? []
    place.led.set(to, [...led, { from, port, isTaken: ports.includes(port) }])
    story.looks.push({ place, id: to })
  }
}

export function cancelRuns(story: Story, isMeant: (run: Run) => boolean): void {
  for (const run of story.active.filter(isMeant)) {
    if (hasAsked(run)) story.tell(run, 'cancel')
    run.status = 'cancelled'
  }
}

/** Whether the world may have done what an attempt asked for. */
const hasAsked = ({ status }: Run): boolean =>
  ['trying', 'retrying', 'interrupted', 'unknown', 'child'].includes(status)

/** Everything stops; what was done is undone first, if it can be and shall be. */
export function endOrUndo(story: Story, cause: Cause, undoes: boolean): void {
  cancelRuns(story, () => true)
  story.cause = cause
  if (undoes && story.undoable.length > 0) story.undoing = { steps: story.undoable, done: 0 }
  else endAs(story, cause.ends)
}

export function endAs(story: Story, status: Story['status']): void {
  story.status = status
  story.endedAt = story.now
  story.unpause()
  if (status === 'failed') story.failures += 1
}

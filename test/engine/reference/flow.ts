import { compute } from './computed.ts'
import { close, endAs, fail, failIteration, markSkipped, succeed } from './ends.ts'
import {
  depthOf,
  edgesFrom,
  edgesTo,
  goesOn,
  isContainer,
  isOver,
  isUndoer,
  newPlace,
  newRun,
  nodeOf,
  type Place,
  type Run,
  undoerOf,
} from './place.ts'
import type { Story } from './story.ts'
import { ask, fill, namesAt, type Said } from './texts.ts'
import { startAttempt, startWait } from './trying.ts'

/** Does all that follows from what happened, until everything waits for the world or the execution has ended. */
export function settle(story: Story): void {
  while (story.isRunning && story.pause === null && story.undoing === null && takeStep(story));
  story.looks = []
  if (!story.isRunning || story.pause !== null) return
  if (story.undoing !== null) undoNext(story)
  else if (story.active.length === 0) endAs(story, 'succeeded')
}

/** Looks at every node that an edge has led to, in the order of the keys. */
export function lookAgain(story: Story): void {
  const nodes = story.places.filter(goesOn).flatMap((place) => [...place.led.keys()].map((id) => ({ place, id })))
  story.looks = nodes.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
  settle(story)
}

const keyOf = ({ place, id }: Story['looks'][number]): string => (place.path === '' ? id : `${id}@${place.path}`)

/** First what edges led to, then iterations in which nothing is left to do, then containers that can go on; the innermost first. */
function takeStep(story: Story): boolean {
  const look = story.looks.shift()
  if (look !== undefined) {
    visit(story, look.place, look.id)
    return true
  }
  const [done] = story.places
    .filter((place) => place.container !== null && goesOn(place) && [...place.runs.values()].every(isOver))
    .sort((left, right) => depthOf(right) - depthOf(left) || (left.path < right.path ? -1 : 1))
  if (done !== undefined) {
    endIteration(story, done)
    return true
  }
  const [container] = story.active
    .filter((run) => run.status === 'open' && canGoOn(run))
    .sort((left, right) => depthOf(right.place) - depthOf(left.place))
  if (container === undefined) return false
  goOn(story, container)
  return true
}

/** Begins a node, or skips it, when enough of the edges into it are decided. */
function visit(story: Story, place: Place, id: string): void {
  if (!goesOn(place) || place.runs.has(id)) return
  const node = nodeOf(story.graph.nodes, id)
  const led = place.led.get(id) ?? []
  const taken = led.filter(({ isTaken }) => isTaken).length
  const isDecided = led.length === edgesTo(story.graph, id).length
  const join = node.join ?? 'all'
  const begins = join === 'all' ? isDecided && taken > 0 : taken >= (join === 'any' ? 1 : join)
  if (!begins && !isDecided) return
  const run = enrol(story, newRun(node, place))
  if (begins) begin(story, run)
  else markSkipped(story, run)
}

function enrol(story: Story, run: Run): Run {
  run.place.runs.set(run.node.id, run)
  story.runs.push(run)
  return run
}

export function begin(story: Story, run: Run): void {
  const { kind, config } = run.node
  const names = namesAt(run.place, story.given.trigger)
  if (kind === 'http' || kind === 'code' || kind === 'workflow') {
    const said = fill(kind === 'http' ? config['body'] : config['input'], names)
    if (said.ok) startAttempt(story, run)
    else fail(story, run, said.fault)
  } else if (kind === 'delay') {
    const said = fill(config['ms'], names)
    if (!said.ok) fail(story, run, said.fault)
    else if (typeof said.value !== 'number') fail(story, run, { code: 'expression_failed', message: 'no number' })
    else Object.assign(run, { status: 'delayed', due: story.clock + said.value })
  } else if (kind === 'wait') startWait(story, run)
  else if (kind === 'each') open(story, run, ask(String(config['items']), names))
  else if (kind === 'repeat') run.status = 'open'
  else {
    const computed = compute(run, story.graph, story.given.trigger)
    if (!computed.ok) fail(story, run, computed.fault, computed.ends)
    else {
      if (kind === 'respond') story.answeredBy ??= run
      succeed(story, run, computed.output, computed.ports)
    }
  }
}

function open(story: Story, run: Run, items: Said): void {
  if (!items.ok) fail(story, run, items.fault)
  else if (!Array.isArray(items.value)) fail(story, run, { code: 'expression_failed', message: 'no list' })
  else Object.assign(run, { status: 'open', items: items.value })
}

function canGoOn({ inside, items, next, node }: Run): boolean {
  if (inside.size === 0) return true
  return items !== null && next < items.length && inside.size < Number(node.config['concurrency'])
}

/** Begins the next iteration, or ends the container. */
function goOn(story: Story, run: Run): void {
  const { items, next, node, results } = run
  if (items !== null) {
    if (next < items.length) openIteration(story, run)
    else
      succeed(
        story,
        run,
        items.map((_, index) => results.get(index)),
      )
    return
  }
  if (next === 0 && !readsInside(story, run)) {
    const said = ask(String(node.config['while']), { ...namesAt(run.place, story.given.trigger), index: 0 })
    if (!said.ok) {
      fail(story, run, said.fault)
      return
    }
    run.again = said.value === true
  }
  if (run.again && next < Number(node.config['maxIterations'])) openIteration(story, run)
  else succeed(story, run, { iterations: next, isExhausted: run.again, last: results.get(next - 1) ?? null })
}

/** Whether the rule of a `repeat` reads steps inside it, and so is asked only after each iteration. */
const readsInside = ({ graph }: Story, { node }: Run): boolean =>
  graph.nodes.some(({ id, parent }) => parent === node.id && String(node.config['while']).includes(`steps.${id}.`))

function openIteration(story: Story, run: Run): void {
  const place = newPlace(run, run.next)
  run.next += 1
  run.inside.add(place)
  story.places.push(place)
  for (const { from, port, to } of story.graph.edges) {
    if (from !== run.node.id || port !== 'body') continue
    place.led.set(to, [{ from, port, isTaken: true }])
    story.looks.push({ place, id: to })
  }
}

function endIteration(story: Story, place: Place): void {
  const { container, index } = place
  if (container === null) throw new Error('an iteration has a container')
  const names = namesAt(place, story.given.trigger)
  const { config } = container.node
  if (container.node.kind === 'repeat') {
    const said = ask(String(config['while']), { ...names, index: index + 1 })
    if (said.ok) {
      close(place, leavesOf(story, place))
      container.again = said.value === true
    } else failIteration(story, place, { fault: said.fault, run: container })
    return
  }
  const kept = config['collect'] === undefined ? null : ask(String(config['collect']), names)
  if (kept === null) close(place, leavesOf(story, place))
  else if (kept.ok) close(place, kept.value)
  else failIteration(story, place, { fault: kept.fault, run: container })
}

/** What a place comes to: the output of its only succeeded leaf, or all of them by their ids. */
export function leavesOf({ graph }: Story, place: Place): unknown {
  const leaves = graph.nodes.flatMap(({ id, parent }) => {
    const isHere = parent === place.container?.node.id && !isUndoer(graph, id)
    const run = isHere && edgesFrom(graph, id).length === 0 ? place.runs.get(id) : undefined
    return run?.status === 'succeeded' ? [[id, run.output] as const] : []
  })
  if (leaves.length === 0) return null
  return leaves.length === 1 ? leaves[0]?.[1] : Object.fromEntries(leaves)
}

/** One after another, the newest first. */
function undoNext(story: Story): void {
  while (story.isRunning && story.pause === null && story.undoing !== null) {
    const undone = story.undoing.steps[story.undoing.done]
    if (undone === undefined) {
      endAs(story, story.cause?.ends ?? 'failed')
      return
    }
    const undoer = undoerOf(story.graph, undone.node.id)
    if (undoer === null) throw new Error(`something undoes ${undone.key}`)
    const known = undone.place.runs.get(undoer.id)
    if (known !== undefined && !isOver(known)) return
    begin(story, enrol(story, newRun(undoer, undone.place)))
  }
}

/** What can be gone on with after a failure: everything that failed or was cancelled and that nothing went on from. */
export function stopped(story: Story): Run[] {
  return story.runs.filter(
    (run) => goesOn(run.place) && (run.status === 'cancelled' || (run.status === 'failed' && run.isFatal)),
  )
}

export const wasOpen = ({ node, items, next }: Run): boolean => isContainer(node) && (items !== null || next > 0)

import { nodeOf } from '../../runtime/engine/index.ts'
import type { EventOf } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'
import { stepTitle } from './graph-canvas.ts'
import { counted, ended, oneLine } from './words.ts'

type IterationEvent = EventOf<
  'EachStarted' | 'RepeatStarted' | 'IterationStarted' | 'IterationSucceeded' | 'IterationFailed'
>

/** What happened to a container or to one of its iterations. */
export function iterationSentence(event: IterationEvent, graph: Graph): string {
  const name = stepTitle(event.step, graph)
  switch (event.type) {
    case 'EachStarted':
      return eachSentence(name, event)
    case 'RepeatStarted':
      return `${name} begins.`
    case 'IterationStarted':
      return `${name}: ${roundOf(event, graph)} begins${ruleOf(event)}.`
    case 'IterationSucceeded':
      return `${name}: ${roundOf(event, graph)} is done${ruleOf(event)}.`
    case 'IterationFailed':
      return `${name}: ${roundOf(event, graph)} failed at ${stepTitle(event.failedStep, graph)}, ${ended(event.failure.message)} The others go on.`
  }
}

function eachSentence(name: string, { items, concurrency, batchSize }: EventOf<'EachStarted'>): string {
  if (items.length === 0) return `${name} has no items.`
  const many = `${name} begins with ${counted(items.length, 'item')}`
  return batchSize === undefined
    ? `${many}, at most ${concurrency} at once.`
    : `${many}, ${batchSize} in each execution that it starts.`
}

/** `item 3` of an `each`, `iteration 3` of a `repeat`: what the engine's own messages call it. */
function roundOf({ step, index }: { step: EventOf<'RepeatStarted'>['step']; index: number }, graph: Graph): string {
  const node = graph.nodes.find((candidate) => candidate.id === nodeOf(step))
  return `${node?.kind === 'each' ? 'item' : 'iteration'} ${index}`
}

/** The rule by which a `repeat` goes on or ends. */
function ruleOf({ decision }: Pick<EventOf<'IterationStarted'>, 'decision'>): string {
  const [rule] = decision ?? []
  return rule === undefined ? '' : `: ${oneLine(rule.when)} was ${rule.result}`
}

import { compileExpression, compileTemplate, type Evaluation } from '../../../runtime/expression/index.ts'
import type { Graph } from '../../../schemas/graph.ts'
import { edgesTo, type Fault, isUndoer, type Place, type Run } from './place.ts'

/** What a text comes to. */
export type Said = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: Fault }

type Names = Readonly<Record<string, unknown>>

const roots = ['trigger', 'steps', 'execution', 'workflow', 'item', 'index', 'previous', 'signal']
const expressions = new Map<string, (scope: Names) => Evaluation>()

/** An expression, read once for all runs. */
export function ask(text: string, names: Names): Said {
  const known = expressions.get(text) ?? compiled(text)
  expressions.set(text, known)
  const said = known(names)
  return said.ok ? said : { ok: false, fault: said.failure }
}

function compiled(text: string): (scope: Names) => Evaluation {
  const made = compileExpression(text, { roots })
  if (!made.ok) throw new Error(`${text} is no expression`)
  return (scope) => made.expression.evaluate(scope)
}

/** A text with expressions in it. */
export function fill(text: unknown, names: Names): Said {
  const made = compileTemplate(text, { roots, elsewhere: new Map(), secrets: false })
  if (!made.ok) throw new Error(`${JSON.stringify(text)} is no template`)
  const said = made.template.evaluate(names)
  return said.ok ? said : { ok: false, fault: said.failure }
}

/** All that can be read at a place: the runs in it and round it that are over, and what its iterations are about. */
export function namesAt(place: Place, trigger: unknown): Names {
  const steps: Record<string, unknown> = {}
  const names: Record<string, unknown> = {}
  for (let at: Place | null = place; at !== null; at = at.container?.place ?? null) {
    for (const [id, run] of at.runs) {
      if (run.status === 'succeeded') steps[id] ??= { output: run.output }
      if (run.status === 'failed') steps[id] ??= { error: run.fault }
    }
    const { container, index } = at
    if (container === null) continue
    names['index'] ??= index
    const about = aboutOf(container, index)
    if (!(about.name in names)) names[about.name] = about.value
    steps[container.node.id] = about.name === 'item' ? { index, item: about.value } : { index }
  }
  return { trigger, steps, ...names }
}

/** The item of an `each`; of a `repeat` what its iteration before came to. */
function aboutOf(container: Run, index: number): { readonly name: string; readonly value: unknown } {
  if (container.items !== null) return { name: 'item', value: container.items[index] }
  return { name: 'previous', value: container.results.get(index - 1) ?? null }
}

/** What a node works on that names nothing: the outputs of the steps whose edges began it, or of the one that it undoes. */
export function inputOf({ node, place }: Run, graph: Graph): unknown {
  const begun = isUndoer(graph, node.id)
    ? graph.edges.filter(({ to }) => to === node.id).map(({ from }) => from as string)
    : beginners(place, node, graph)
  const outputs = begun.map((id) => [id, outputAt(place, id)] as const)
  return outputs.length === 1 ? outputs[0]?.[1] : Object.fromEntries(outputs)
}

function beginners(place: Place, node: Run['node'], graph: Graph): readonly string[] {
  const taken = (place.led.get(node.id) ?? []).filter(({ isTaken }) => isTaken)
  const join = node.join ?? 'all'
  const first = taken.slice(0, join === 'all' ? taken.length : join === 'any' ? 1 : join)
  const drawn = edgesTo(graph, node.id).filter((edge) =>
    first.some(({ from, port }) => from === edge.from && port === edge.port),
  )
  return [...new Set(drawn.map(({ from }) => from as string))]
}

function outputAt(place: Place, id: string): unknown {
  const { container, index } = place
  if (container?.node.id === id) return aboutOf(container, index).value
  return place.runs.get(id)?.output ?? null
}

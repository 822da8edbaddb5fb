import type { Edge, Graph, Node } from '../../schemas/graph.ts'
import type { GeneratedWorkflow } from './generated-workflow.ts'

/**
 * What an execution comes to, worked out without a log, a state or commands: every node's beginning
 * and end in time follow from those of the nodes before it, by recursion; then the moment at which
 * the execution ends cuts off what had not ended. Slow, and written apart from the engine.
 */
export type Expected = {
  readonly status: 'succeeded' | 'failed'
  /** Milliseconds after the start. */
  readonly endsAt: number
  /** Steps that may be to blame; empty when the time limit is, or nobody. */
  readonly blame: readonly string[]
  readonly nodes: ReadonlyMap<string, Life>
}

/** One node's life if nothing cut it off. */
export type Life = {
  readonly endsAt: number
  readonly comesTo: 'succeeded' | 'failed' | 'skipped'
  readonly ports: readonly string[]
  readonly endsExecution: boolean
  readonly attemptsAt: readonly number[]
}

export function expected(workflow: GeneratedWorkflow): Expected {
  const nodes = livesOf(workflow)
  const lives = [...nodes]
  const deadline = workflow.graph.settings.timeoutMs ?? Number.POSITIVE_INFINITY
  const failures = lives.filter(([, { endsExecution }]) => endsExecution)
  const failsAt = Math.min(...failures.map(([, { endsAt }]) => endsAt))
  const succeedsAt = Math.max(...lives.map(([, { endsAt }]) => endsAt))
  // What computes at the start is decided before anything can wake the execution, whatever its deadline.
  if (failsAt < deadline) {
    const blame = failures.filter(([, { endsAt }]) => endsAt === failsAt).map(([id]) => id)
    return { status: 'failed', endsAt: failsAt, blame, nodes }
  }
  if (succeedsAt < deadline) return { status: 'succeeded', endsAt: succeedsAt, blame: [], nodes }
  return { status: 'failed', endsAt: deadline, blame: [], nodes }
}

function livesOf(workflow: GeneratedWorkflow): ReadonlyMap<string, Life> {
  const known = new Map<string, Life>()
  const lifeOf = (id: string): Life => {
    const life = known.get(id) ?? liveNode(id, workflow, lifeOf)
    known.set(id, life)
    return life
  }
  return new Map(workflow.graph.nodes.map(({ id }) => [id, lifeOf(id)]))
}

function liveNode(id: string, workflow: GeneratedWorkflow, lifeOf: (id: string) => Life): Life {
  const { graph, triggerNode } = workflow
  const node = nodeNamed(graph, id)
  if (node.kind === 'manual' || node.kind === 'webhook') return id === triggerNode ? ended(0, ['out']) : skippedAt(0)
  const edges = graph.edges.filter(({ to }) => to === id).map((edge) => fateOf(edge, lifeOf))
  const takenAt = edges
    .filter(({ isTaken }) => isTaken)
    .map(({ at }) => at)
    .sort((left, right) => left - right)
  const decidedAt = Math.max(...edges.map(({ at }) => at))
  const join = node.join ?? 'all'
  if (join === 'all') return takenAt.length === 0 ? skippedAt(decidedAt) : live(node, decidedAt, workflow)
  const beginsAt = takenAt[(join === 'any' ? 1 : join) - 1]
  return beginsAt === undefined ? skippedAt(decidedAt) : live(node, beginsAt, workflow)
}

function fateOf(
  { from, port }: Edge,
  lifeOf: (id: string) => Life,
): { readonly at: number; readonly isTaken: boolean } {
  const { endsAt, ports } = lifeOf(from)
  return { at: endsAt, isTaken: ports.includes(port) }
}

/** The life of a node that begins at a moment. */
function live(node: Node, beginsAt: number, workflow: GeneratedWorkflow): Life {
  const fail = (at: number, attemptsAt: number[] = []): Life => failed(node, at, attemptsAt, workflow.graph)
  if (JSON.stringify(node.config).includes('missing')) return fail(beginsAt)
  if (node.kind === 'fail') return fail(beginsAt)
  if (node.kind === 'delay') return ended(beginsAt + Number(node.config['ms']), ['out'])
  if (node.kind === 'condition') {
    const ports = conditionPorts(node, workflow.flags)
    return ports === null ? fail(beginsAt) : ended(beginsAt, ports)
  }
  if (node.kind !== 'http') return ended(beginsAt, ['out'])
  const { isSuccess, endsAt, attemptsAt } = tryUntilOver(node, beginsAt, workflow)
  return isSuccess ? { ...ended(endsAt, ['out']), attemptsAt } : fail(endsAt, attemptsAt)
}

/** Null when a rule reads a flag that is not there. */
function conditionPorts({ config }: Node, flags: GeneratedWorkflow['flags']): string[] | null {
  const rules = config['rules'] as readonly { port: string; when: string }[]
  const verdicts = rules.map(({ port, when }) => ({ port, flag: flags[when.replace('trigger.body.', '')] }))
  const firstTrue = verdicts.findIndex(({ flag }) => flag === true)
  const read = config['mode'] === 'first' && firstTrue !== -1 ? verdicts.slice(0, firstTrue + 1) : verdicts
  if (read.some(({ flag }) => flag === undefined)) return null
  const open = read.filter(({ flag }) => flag === true).map(({ port }) => port)
  return open.length === 0 ? ['else'] : open
}

function tryUntilOver(node: Node, beginsAt: number, { scripts, graph }: GeneratedWorkflow) {
  const script = scripts[node.id] ?? []
  const limit = node.timeoutMs ?? 30_000
  const deadline = graph.settings.timeoutMs ?? Number.POSITIVE_INFINITY
  const attemptsAt: number[] = []
  let failures = 0
  for (let at = beginsAt; ; ) {
    attemptsAt.push(at)
    const { does, afterMs, retryAfterMs } = script[Math.min(attemptsAt.length, script.length) - 1] ?? silent
    const timesOut = does === 'hang' || does === 'answer late'
    const endsAt = at + (timesOut ? limit : afterMs)
    if (does === 'succeed') return { isSuccess: true, endsAt, attemptsAt }
    if (does === 'crash') {
      at = endsAt
      continue
    }
    failures += 1
    const policy = node.retry
    if (does === 'refuse' || policy === undefined || failures >= policy.maxAttempts) {
      return { isSuccess: false, endsAt, attemptsAt }
    }
    const interval = Math.min(
      policy.initialIntervalMs * policy.backoffCoefficient ** (failures - 1),
      policy.maxIntervalMs,
    )
    at = endsAt + Math.max(interval, timesOut ? 0 : retryAfterMs)
    if (at >= deadline) return { isSuccess: false, endsAt, attemptsAt }
  }
}

const silent = { does: 'hang', afterMs: 0, retryAfterMs: 0 } as const

function failed(node: Node, at: number, attemptsAt: readonly number[], graph: Graph): Life {
  const hasErrorEdge = graph.edges.some(({ from, port }) => from === node.id && port === 'error')
  const choice = node.kind === 'fail' ? 'fail' : (node.onError ?? (hasErrorEdge ? 'port' : 'fail'))
  const ports = choice === 'port' ? ['error'] : node.kind === 'condition' ? ['else'] : ['out']
  const life = { endsAt: at, comesTo: 'failed', attemptsAt } as const
  return choice === 'fail' ? { ...life, ports: [], endsExecution: true } : { ...life, ports, endsExecution: false }
}

const ended = (endsAt: number, ports: readonly string[]): Life => ({
  endsAt,
  comesTo: 'succeeded',
  ports,
  endsExecution: false,
  attemptsAt: [],
})
const skippedAt = (endsAt: number): Life => ({ ...ended(endsAt, []), comesTo: 'skipped' })

function nodeNamed({ nodes }: Graph, id: string): Node {
  const node = nodes.find((one) => one.id === id)
  if (node === undefined) throw new Error(`the graph has no node ${id}`)
  return node
}

import type { RandomSource } from '../support/random-source.ts'
import { Agenda } from './agenda.ts'
import { answerTo } from './answer.ts'
import { Auditor, InvariantBroken } from './auditor.ts'
import { Bus, type Methods, type ParametersOf } from './bus.ts'
import { Client, type Wish } from './client.ts'
import { Clock } from './clock.ts'
import type { Coverage } from './coverage.ts'
import { Dice } from './dice.ts'
import { Endpoint } from './endpoint.ts'
import { ExecutionServer, type ExecutionWorld } from './execution-server.ts'
import type { Fault, FaultSource } from './faults.ts'
import type { Incarnation } from './incarnation.ts'
import type { Platform } from './platform.ts'
import { Projection } from './projection.ts'
import { SimulatedObject } from './simulated-object.ts'
import { drawnWish } from './wish.ts'
import { WorkflowServer, type WorkflowWorld } from './workflow-server.ts'
import type { Content } from './workload.ts'

const WORKFLOWS = 2
/** Most jumps are small; some are long enough for keys to expire. */
const JUMPS_MS = [50, 1000, 10_000, 60_000, 600_000, 3_600_000, 100_000_000]

/** What goes wrong on the day of a seed, and who is told of it. */
type FaultsOf = (dice: Dice, onStrike: (fault: Fault, at: string) => void) => FaultSource

/** Everything of one seed: the platform, both classes of objects on it, those who call from outside, and who looks. */
export class World implements Platform {
  readonly agenda: Agenda
  readonly clock: Clock
  readonly faults: FaultSource
  readonly bus: Bus
  readonly client: Client
  readonly auditor: Auditor
  readonly endpoint: Endpoint
  readonly projections = new Map<string, Projection>()
  /** What happened, for who reads about a failed seed. */
  readonly story: string[] = []
  readonly #dice: Dice
  readonly #executions = new Map<string, SimulatedObject<ExecutionServer>>()
  readonly #workflows = new Map<string, SimulatedObject<WorkflowServer>>()
  readonly #hooks = new Map<string, string>()
  readonly #contents: readonly Content[]
  readonly #coverage: Coverage
  readonly #struckExecutions: [id: string, fault: string][] = []
  #ids = 0
  #broken: Error | null = null

  constructor(seed: number, contents: readonly Content[], coverage: Coverage, faultsOf: FaultsOf) {
    this.#contents = contents
    this.#coverage = coverage
    this.#dice = new Dice(seed)
    this.agenda = new Agenda(this.#dice.of('the order of the day'))
    this.clock = new Clock(this.agenda)
    this.faults = faultsOf(this.#dice, (fault, at) => this.#struck(fault, at))
    this.bus = new Bus(this)
    this.endpoint = new Endpoint(this, (object) => this.kill(object))
    const { ledger } = this.endpoint
    this.auditor = new Auditor(this.#executions, this.#workflows, ledger, this.clock, coverage)
    this.client = new Client(
      this.bus,
      (acknowledged) => this.#hold(() => this.auditor.acknowledged(acknowledged)),
      (line) => this.note(line),
    )
    for (let index = 1; index <= WORKFLOWS; index += 1) this.#addWorkflow(`w${index}`)
  }

  get workflows(): readonly string[] {
    return [...this.#workflows.keys()]
  }

  get executions(): readonly string[] {
    return [...this.#executions.keys()]
  }

  /** Takes what comes next, lets everything follow that needs no time, and looks. False when nothing is left. */
  async step(): Promise<boolean> {
    const happen = this.agenda.next()
    if (happen === null) return false
    this.#hold(happen)
    // Longer than any chain of promises that is settled already.
    await new Promise((resolve) => setImmediate(resolve))
    this.#hold(() => this.auditor.look())
    if (this.#broken !== null) throw this.#broken
    // What the same step wrote counts: a fault at the first effect meets an execution that has begun.
    for (const [at, fault] of this.#struckExecutions.splice(0))
      this.#coverage.count(`${this.auditor.statusOf(at)} × ${fault}`)
    return true
  }

  close(): void {
    for (const { disk } of [...this.#executions.values(), ...this.#workflows.values()]) disk.close()
  }

  randomOf(object: string): RandomSource {
    return this.#dice.of(object)
  }

  later(incarnation: Incarnation, afterMs: number, happen: () => void): void {
    this.agenda.add(afterMs, () => {
      if (!incarnation.isGone) happen()
    })
  }

  note(line: string): void {
    this.story.push(`${String(this.agenda.time).padStart(8)} ${line}`)
  }

  violated(invariant: string, what: string): void {
    this.#broken ??= new InvariantBroken(invariant, what)
  }

  publish(workflow: string, draw: number): void {
    const content = this.#contents[Math.floor(draw * this.#contents.length)]
    if (content === undefined) return
    const answer = this.bus.call(null, this.#workflow(workflow), 'publish', content.graph, content.contentHash)
    this.#expect(answer, ({ hooks }) => {
      const [hook] = hooks
      if (hook !== undefined) this.#hooks.set(workflow, hook.hookId)
    })
  }

  wish(door: Wish['door'], workflow: string, draws: readonly number[]): void {
    const drawn = drawnWish(door, this.client.wishes.length, draws)
    const hookId = this.#hooks.get(workflow) ?? ''
    this.client.wish({ ...drawn, door, workflow: this.#workflow(workflow), hookId, isAnswered: false })
  }

  /** Somebody calls an execution, and does not mind whether it hears. */
  tell<Name extends Methods<ExecutionServer>>(
    id: string,
    name: Name,
    ...parameters: ParametersOf<ExecutionServer[Name]>
  ): void {
    this.#expect(this.bus.call(null, this.#execution(id), name, ...parameters), () => undefined)
  }

  cancel(id: string, compensate: boolean): void {
    this.tell(id, 'cancel', 'no longer wanted', compensate)
  }

  pause(id: string, draw: number): void {
    this.tell(id, 'pause', draw < 0.5 ? 'frozen' : 'running')
  }

  resume(id: string): void {
    this.tell(id, 'resume')
  }

  retry(id: string): void {
    this.tell(id, 'retry')
  }

  signal(id: string, [nameDraw = 0, dataDraw = 0]: readonly number[]): void {
    // The same draw is the same signal.
    this.tell(id, 'signal', nameDraw < 0.5 ? 'go' : 'stop', { n: Math.floor(dataDraw * 4) }, `${nameDraw}`)
  }

  /** Does what the execution waits for. False when it waits for nobody, or who looks sees that it is quarantined. */
  answer(id: string, draws: readonly number[]): boolean {
    const isQuarantined = (this.#execution(id).server?.execution.quarantine ?? null) !== null
    const answer = isQuarantined ? null : answerTo(this.auditor.recordOf(id).state, draws)
    if (answer === null) return false
    this.tell(id, answer.name, ...(answer.parameters as never))
    return true
  }

  /** Asks, with a key, for one execution with that input. */
  execute(workflow: string, key: string, body: Wish['body']): void {
    const target = this.#workflow(workflow)
    this.client.wish({ door: 'execute', workflow: target, key, body, waitMs: 0, hookId: '', isAnswered: false })
  }

  view(id: string): void {
    this.tell(id, 'view')
  }

  pull(workflow: string, limit: number): Promise<number> {
    const projection = this.projections.get(workflow)
    if (projection === undefined) return Promise.resolve(0)
    return projection.pull(this.bus, Math.floor(limit)).catch((error) => {
      if (error instanceof InvariantBroken) this.#broken ??= error
      this.note(`a pull failed: ${String(error)}`)
      return 0
    })
  }

  kill(name: string): void {
    this.#object(name)?.kill()
  }

  replace(name: string): void {
    this.#object(name)?.replace()
  }

  turnClock(way: number, draw: number): void {
    const ms = JUMPS_MS[Math.floor(draw * JUMPS_MS.length)] ?? 0
    if (way < 0.4) this.clock.jump(ms)
    else if (way < 0.7) this.clock.jump(-ms)
    else {
      this.clock.freeze()
      this.agenda.add(Math.min(ms, 600_000), () => this.clock.thaw())
    }
  }

  /** Runs what may find a broken invariant, and keeps the first for the step that is being taken. */
  #hold(look: () => void): void {
    try {
      look()
    } catch (error) {
      this.#broken ??= error as Error
    }
  }

  #expect<Answer>(answer: Promise<Answer>, take: (answer: Answer) => void): void {
    answer.then(take).catch((error) => this.note(`a call failed: ${String(error)}`))
  }

  #struck(fault: string, at: string): void {
    this.note(`${fault} ${at}`)
    this.#coverage.count(`fault ${fault}`)
    if (this.#executions.has(at)) this.#struckExecutions.push([at, fault])
  }

  #addWorkflow(id: string): SimulatedObject<WorkflowServer> {
    const world: WorkflowWorld = {
      platform: this,
      newId: () => this.#newId(),
      start: (from, executionId, request, wait) =>
        this.bus.call(from, this.#execution(executionId), 'start', request, wait),
      poke: (from, executionId) => this.bus.call(from, this.#execution(executionId), 'poke'),
    }
    const object = new SimulatedObject(
      this,
      id,
      (incarnation, storage) => new WorkflowServer(world, id, incarnation, storage),
    )
    this.#workflows.set(id, object)
    const onRow = (pulled: Parameters<Auditor['pulled']>[0]): void => this.auditor.pulled(pulled)
    this.projections.set(id, new Projection(object, this.auditor.records, onRow))
    return object
  }

  /** Objects are there as soon as somebody names them. */
  #execution(id: string): SimulatedObject<ExecutionServer> {
    const known = this.#executions.get(id)
    if (known !== undefined) return known
    const world: ExecutionWorld = {
      platform: this,
      endpoint: this.endpoint,
      report: (from, report) => this.bus.call(from, this.#workflow(report.workflowId), 'report', report),
      expect: (from, workflow, executionId) => this.bus.call(from, this.#workflow(workflow), 'expect', executionId),
      relatives: (from) => ({
        startChild: async (key, child) =>
          this.bus.call(from, this.#workflow(child.workflowId), 'startChild', childId(key), child),
        tellParent: (executionId, ended) => this.bus.call(from, this.#execution(executionId), 'hearChild', ended),
        tellChild: (key, wish) => this.bus.call(from, this.#execution(childId(key)), 'hearParent', wish),
      }),
    }
    const object = new SimulatedObject(
      this,
      id,
      (incarnation, storage) => new ExecutionServer(world, id, incarnation, storage),
    )
    this.#executions.set(id, object)
    return object
  }

  /** Who names a workflow that nobody has published reaches an object, too: an empty one. */
  #workflow(id: string): SimulatedObject<WorkflowServer> {
    return this.#workflows.get(id) ?? this.#addWorkflow(id)
  }

  #object(name: string): { kill(): void; replace(): void } | undefined {
    return this.#executions.get(name) ?? this.#workflows.get(name)
  }

  #newId(): string {
    this.#ids += 1
    return `x${this.#ids}`
  }
}

/** Without a dot, because what stands before it in the key of an effect is the execution. */
const childId = (key: string): string => `child ${key.replaceAll('.', ' ')}`

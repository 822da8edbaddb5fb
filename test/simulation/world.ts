import type { RandomSource } from '../support/random-source.ts'
import { Agenda } from './agenda.ts'
import { answerTo, callbackOf } from './answer.ts'
import { Auditor } from './auditor.ts'
import { Bus, type Methods, type ParametersOf } from './bus.ts'
import { Client, type Wish } from './client.ts'
import { CLOCK, Clock } from './clock.ts'
import { type Coverage, damagedRow, pairOf } from './coverage.ts'
import { damage } from './damage.ts'
import { Dice } from './dice.ts'
import { Endpoint } from './endpoint.ts'
import { EventSender } from './event-sender.ts'
import type { ExecutionServer } from './execution-server.ts'
import type { Fault, FaultSource } from './faults.ts'
import type { Incarnation } from './incarnation.ts'
import { InvariantBroken } from './invariants/invariant.ts'
import { Objects } from './objects.ts'
import type { Platform } from './platform.ts'
import { Projection } from './projection.ts'
import type { SimulatedObject } from './simulated-object.ts'
import { drawnWish } from './wish.ts'
import type { WorkflowServer } from './workflow-server.ts'
import type { Content } from './workload.ts'

const WORKFLOWS = 2

/** What goes wrong on the day of a seed, and who is told of it. */
type FaultsOf = (dice: Dice, onStrike: (fault: Fault, at: string) => void) => FaultSource

/** Everything of one seed: the platform, both classes of objects on it, those who call from outside, and who looks. */
export class World implements Platform {
  readonly agenda: Agenda
  readonly clock: Clock
  readonly faults: FaultSource
  readonly bus: Bus
  readonly client: Client
  readonly sender: EventSender
  readonly auditor: Auditor
  readonly endpoint: Endpoint
  readonly projections = new Map<string, Projection>()
  /** What happened, for who reads about a failed seed. */
  readonly story: string[] = []
  readonly #dice: Dice
  readonly #objects: Objects
  readonly #hooks = new Map<string, string>()
  readonly #contents: readonly Content[]
  readonly #coverage: Coverage
  readonly #struckExecutions: [id: string, fault: string][] = []
  #broken: Error | null = null

  constructor(seed: number, contents: readonly Content[], coverage: Coverage, faultsOf: FaultsOf) {
    this.#contents = contents
    this.#coverage = coverage
    this.#dice = new Dice(seed)
    this.agenda = new Agenda(this.#dice.of('the order of the day'))
    this.clock = new Clock(this.agenda, this.#dice.of(CLOCK))
    this.faults = faultsOf(this.#dice, (fault, at) => this.#struck(fault, at))
    this.bus = new Bus(this)
    this.endpoint = new Endpoint(this, (object) => this.kill(object))
    this.#objects = new Objects(this, this.bus, this.endpoint, (workflow) => this.#watch(workflow))
    this.auditor = new Auditor(this.#objects, this.endpoint.ledger, this.clock, coverage)
    this.client = new Client(
      this.bus,
      (acknowledged) => this.#hold(() => this.auditor.acknowledged(acknowledged)),
      (line) => this.note(line),
    )
    this.sender = new EventSender(
      this.bus,
      this.#objects.project,
      (event, outcome) => this.#hold(() => this.auditor.sent(event, outcome)),
      (line) => this.note(line),
    )
    for (let index = 1; index <= WORKFLOWS; index += 1) this.#objects.workflow(`w${index}`)
  }

  get workflows(): readonly string[] {
    return [...this.#objects.workflows.keys()]
  }

  /** Everything that can be killed. */
  get objects(): readonly string[] {
    return this.#objects.all.map(({ name }) => name)
  }

  get executions(): readonly string[] {
    return [...this.#objects.executions.keys()]
  }

  /** Takes what comes next, lets everything follow that needs no time, and looks. False when nothing is left. */
  async step(): Promise<boolean> {
    const happen = this.agenda.next()
    if (happen === null) return false
    this.clock.disturb(this.faults)
    this.#hold(happen)
    // Longer than any chain of promises that is settled already.
    await new Promise((resolve) => setImmediate(resolve))
    this.#hold(() => this.auditor.look())
    if (this.#broken !== null) throw this.#broken
    // What the same step wrote counts: a fault at the first effect meets an execution that has begun.
    for (const [at, fault] of this.#struckExecutions.splice(0))
      this.#coverage.count(pairOf(this.auditor.statusOf(at), fault))
    return true
  }

  close(): void {
    this.#objects.close()
  }

  randomOf(object: string): RandomSource {
    return this.#dice.of(object)
  }

  later(incarnation: Incarnation, afterMs: number, happen: () => void): void {
    this.agenda.add(afterMs, () => {
      this.#strike(incarnation)
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
    const answer = this.bus.call(null, this.#objects.workflow(workflow), 'publish', content.graph, content.contentHash)
    this.#expect(answer, ({ hooks }) => {
      const [hook] = hooks
      if (hook !== undefined) this.#hooks.set(workflow, hook.hookId)
    })
  }

  wish(door: Wish['door'], workflow: string, draws: readonly number[]): void {
    const drawn = drawnWish(door, this.client.wishes.length, draws)
    const hookId = this.#hooks.get(workflow) ?? ''
    this.client.wish({ ...drawn, door, workflow: this.#objects.workflow(workflow), hookId, isAnswered: false })
  }

  /** Somebody calls an execution, and does not mind whether it hears. */
  tell<Name extends Methods<ExecutionServer>>(
    id: string,
    name: Name,
    ...parameters: ParametersOf<ExecutionServer[Name]>
  ): void {
    this.#expect(this.bus.call(null, this.#objects.execution(id), name, ...parameters), () => undefined)
  }

  /** Does what the execution waits for. False when it waits for nobody, or who looks sees that it is quarantined. */
  answer(id: string, draws: readonly number[]): boolean {
    const { state, damaged } = this.auditor.recordOf(id)
    const isQuarantined =
      damaged !== null || (this.#objects.execution(id).server?.execution.quarantine ?? null) !== null
    const answer = isQuarantined ? null : answerTo(state, draws)
    if (answer === null) return false
    this.tell(id, answer.name, ...(answer.parameters as never))
    return true
  }

  /** Calls back a step of the graph, whether it has begun to wait, will, or has done with it. */
  callBack(id: string, draws: readonly number[]): void {
    const answer = callbackOf(this.auditor.records.get(id)?.state ?? null, draws)
    if (answer !== null) this.tell(id, answer.name, ...answer.parameters)
  }

  /** A row of its log goes bad on the disk, while nobody has it in memory. */
  damage(id: string, draws: readonly number[]): void {
    this.kill(id)
    if (damage(this.auditor.recordOf(id), draws)) this.#coverage.count(damagedRow)
  }

  /** The builder does so once a minute. */
  wakeProject(): void {
    this.#expect(this.bus.call(null, this.#objects.project, 'wake'), () => undefined)
  }

  /** Asks, with a key, for one execution with that input. */
  execute(workflow: string, key: string, body: Wish['body']): void {
    const target = this.#objects.workflow(workflow)
    this.client.wish({ door: 'execute', workflow: target, key, body, waitMs: 0, hookId: '', isAnswered: false })
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
    this.#objects.named(name)?.kill()
  }

  replace(name: string): void {
    this.#objects.named(name)?.replace()
  }

  /** Whenever an object goes on, its process may have ended, or another life may have its place already. */
  #strike(life: Incarnation): void {
    if (!life.isLive) return
    if (this.faults.strikes('object killed', life.object)) life.end()
    else if (this.faults.strikes('object replaced', life.object)) life.replace()
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
    if (at === CLOCK) for (const id of this.executions) this.#struckExecutions.push([id, fault])
    else if (this.#objects.executions.has(at)) this.#struckExecutions.push([at, fault])
  }

  #watch(workflow: SimulatedObject<WorkflowServer>): void {
    const onRow = (pulled: Parameters<Auditor['pulled']>[0]): void => this.auditor.pulled(pulled)
    this.projections.set(workflow.name, new Projection(workflow, this.auditor.records, onRow))
  }
}

import type { EventOutcome, EventRequest } from '../../runtime/objects/project.ts'
import type { Bus } from './bus.ts'
import type { ProjectServer } from './project-server.ts'
import type { SimulatedObject } from './simulated-object.ts'

const NAMES = ['placed', 'paid']
const IDS = 4
const FLAGS = ['f0', 'f1', 'f2', 'f3']

/** An event that somebody sends until he is told that it was taken. */
export type SentEvent = EventRequest & { isAnswered: boolean }

/** Whoever sends events to the project. */
export class EventSender {
  readonly sent: SentEvent[] = []
  readonly #bus: Bus
  readonly #project: SimulatedObject<ProjectServer>
  readonly #onAnswer: (event: SentEvent, outcome: EventOutcome) => void
  readonly #note: (line: string) => void

  constructor(
    bus: Bus,
    project: SimulatedObject<ProjectServer>,
    onAnswer: (event: SentEvent, outcome: EventOutcome) => void,
    note: (line: string) => void,
  ) {
    this.#bus = bus
    this.#project = project
    this.#onAnswer = onAnswer
    this.#note = note
  }

  /** An event by chance: of few names and few ids, so that they meet. */
  draw([nameDraw = 0, idDraw = 0, flagDraw = 0]: readonly number[]): void {
    const name = NAMES[Math.floor(nameDraw * NAMES.length)] ?? ''
    const id = idDraw < 0.6 ? `e${Math.floor((idDraw * IDS * 10) % IDS)}` : null
    // Few contents, too: with the same id it is the same event, or another that must be refused.
    const data = Object.fromEntries(FLAGS.map((flag, index) => [flag, (flagDraw * 2 ** (index + 1)) % 1 < 0.7]))
    this.send({ name, id, data, fingerprint: JSON.stringify([name, data]), isAnswered: false })
  }

  send(event: SentEvent): void {
    if (!this.sent.includes(event)) this.sent.push(event)
    const { isAnswered: _, ...request } = event
    this.#bus.call(null, this.#project, 'send', request).then(
      (outcome) => {
        event.isAnswered = true
        this.#onAnswer(event, outcome)
      },
      (error) => this.#note(`the sender of an event was told of an error: ${String(error)}`),
    )
  }
}

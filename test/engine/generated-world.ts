import fc from 'fast-check'

import type { ParentWish } from '../../schemas/execution-commands.ts'
import type { StepKey } from '../../schemas/graph.ts'

/** How the world answers one attempt, so many milliseconds after it began. `answer late`: after its time limit. */
export type Behaviour = {
  readonly does: 'succeed' | 'fail' | 'refuse' | 'hang' | 'answer late' | 'crash'
  readonly afterMs: number
  /** What the other side asks for, counted from the failure. */
  readonly retryAfterMs: number
}

/** How a wait is answered that has begun, so many milliseconds later. */
export type WaitAnswer = { readonly does: 'yes' | 'no' | 'twice' | 'nothing'; readonly afterMs: number }

/** How a child ends that a step has started and waits for. */
export type ChildEnd = { readonly status: 'succeeded' | 'failed' | 'cancelled'; readonly afterMs: number }

/** What a person says of an attempt that a crash left open. */
export type Verdict = {
  readonly outcome: 'succeeded' | 'failed' | 'retry'
  readonly afterMs: number
  /** Whether somebody else says it again. */
  readonly isTwice: boolean
}

/** What a node's steps meet. Iterations differ: a step meets the variant that the sum of its indices chooses. */
export type Meets = {
  /** Attempt n meets behaviour n; those after the last, the last. */
  readonly attempts: readonly Behaviour[]
  readonly wait: WaitAnswer
  readonly child: ChildEnd
  readonly verdict: Verdict
}

/** Something that others do, so many milliseconds after the start. */
export type Intervention = { readonly atMs: number } & (
  | { readonly does: 'signal'; readonly name: string; readonly data: { readonly k: number }; readonly id?: string }
  | { readonly does: 'callback'; readonly step: string }
  | { readonly does: 'pause'; readonly timers: 'frozen' | 'running'; readonly forMs: number }
  | { readonly does: 'cancel'; readonly compensate: boolean; readonly isTwice: boolean }
  | { readonly does: 'parent'; readonly notedAt: number; readonly wish: ParentWish }
  | { readonly does: 'crash' }
)

export type World = {
  readonly meets: Readonly<Record<string, readonly Meets[]>>
  readonly interventions: readonly Intervention[]
  /** How long after a failure the execution is retried; as often as there are numbers. */
  readonly retriesAfterMs: readonly number[]
}

const behaviour = fc.record({
  does: fc.constantFrom('succeed', 'fail', 'fail', 'refuse', 'hang', 'answer late', 'crash'),
  afterMs: fc.integer({ min: 0, max: 900 }),
  retryAfterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
})
/** It is repeated, so it is none that would be repeated for ever. */
const lastBehaviour = fc.record({
  does: fc.constantFrom('succeed', 'succeed', 'fail', 'hang'),
  afterMs: fc.integer({ min: 0, max: 900 }),
  retryAfterMs: fc.constant(0),
})

export const meets: fc.Arbitrary<Meets> = fc.record({
  attempts: fc.tuple(fc.array(behaviour, { maxLength: 4 }), lastBehaviour).map(([first, last]) => [...first, last]),
  wait: fc.record({
    does: fc.constantFrom('yes', 'yes', 'no', 'twice', 'nothing'),
    afterMs: fc.integer({ min: 0, max: 1200 }),
  }),
  child: fc.record({
    status: fc.constantFrom('succeeded', 'succeeded', 'failed', 'cancelled'),
    afterMs: fc.integer({ min: 0, max: 1200 }),
  }),
  verdict: fc.record({
    outcome: fc.constantFrom('succeeded', 'failed', 'retry'),
    afterMs: fc.integer({ min: 1, max: 1500 }),
    isTwice: fc.boolean(),
  }),
})

/** What is said twice is said again so soon. */
export const againMs = 10

const atMs = fc.integer({ min: 0, max: 4000 })
const soonMs = fc.integer({ min: 0, max: 1500 })
const signal = fc.record({
  atMs,
  does: fc.constant('signal' as const),
  name: fc.constantFrom('paid', 'paid', 'sent'),
  data: fc.record({ k: fc.integer({ min: 0, max: 2 }) }),
})
const namedSignal = fc.tuple(signal, fc.constantFrom('a', 'a', 'b')).map(([one, id]) => ({ ...one, id }))
const timers = fc.constantFrom('frozen' as const, 'running' as const)
const pause = fc.record({
  atMs,
  does: fc.constant('pause' as const),
  timers,
  forMs: fc.integer({ min: 0, max: 3000 }),
})
const cancel = fc.record({
  atMs: soonMs,
  does: fc.constant('cancel' as const),
  compensate: fc.constantFrom(true, true, false),
  isTwice: fc.boolean(),
})
/** In any order, and twice: calls overtake each other. */
const parent = fc.record({
  atMs,
  does: fc.constant('parent' as const),
  notedAt: fc.integer({ min: 1, max: 6 }),
  wish: fc.oneof(
    { weight: 4, arbitrary: fc.record({ notice: fc.constant('pause' as const), timers }) },
    { weight: 4, arbitrary: fc.record({ notice: fc.constant('resume' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        notice: fc.constant('cancel' as const),
        reason: fc.constant('not waited for'),
        compensate: fc.boolean(),
      }),
    },
  ),
})
const crash = fc.record({ atMs: soonMs, does: fc.constant('crash' as const) })

/** What is done to the execution of a graph. `callbacks`: keys of steps that may wait for one, now or never. */
export function interventionsWith(callbacks: readonly string[]): fc.Arbitrary<readonly Intervention[]> {
  const callback = fc.record({
    atMs,
    does: fc.constant('callback' as const),
    step: fc.constantFrom('nobody', ...callbacks),
  })
  return fc
    .tuple(
      few(signal, 5, 60),
      few(namedSignal, 4, 40),
      few(callback, 3, callbacks.length === 0 ? 3 : 60),
      few(pause, 2, 45),
      few(crash, 2, 30),
      few(cancel, 1, 30),
      few(parent, 4, 30),
    )
    .map((kinds) => kinds.flat())
}

/** Some, in so many of a hundred executions. */
const few = <Kind extends Intervention>(kind: fc.Arbitrary<Kind>, maxLength: number, weight: number) =>
  fc.oneof(
    { weight: 100 - weight, arbitrary: fc.constant<Kind[]>([]) },
    { weight, arbitrary: fc.array(kind, { minLength: 1, maxLength }) },
  )

export const retriesAfterMs = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 2 }) },
)

/** What a step meets: the variant for its iterations. */
export function meetsOf(world: World, step: StepKey): Meets {
  const [node = '', path = ''] = step.split('@')
  const variants = world.meets[node] ?? []
  const sum = [...path.matchAll(/\[(\d+)\]/g)].reduce((total, [, index]) => total + Number(index), 0)
  const found = variants[sum % variants.length]
  if (found === undefined) throw new Error(`the world has nothing for ${step}`)
  return found
}

/** What an attempt meets. */
export function behaviourOf(world: World, step: StepKey, attempt: number): Behaviour {
  const { attempts } = meetsOf(world, step)
  const found = attempts[Math.min(attempt, attempts.length) - 1]
  if (found === undefined) throw new Error(`the world has nothing for attempt ${attempt} of ${step}`)
  return found
}

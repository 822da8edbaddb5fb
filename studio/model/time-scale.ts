import type { Gap } from './idle-gaps.ts'

/** Maps instants to shares of the width, 0 to 1. Long stretches in which nothing runs are drawn short, and marked. */
export type TimeScale = {
  readonly from: number
  readonly to: number
  readonly place: (at: number) => number
  readonly breaks: readonly Gap[]
  readonly ticks: readonly { readonly at: number; readonly sinceStart: number }[]
}

/** A stretch is shortened when it is this many times as long as everything else together. */
const breakRatio = 4
/** With less than this beside it there is nothing that the shortening would make readable. */
const leastRestMs = 50
/** The share of the rest that a shortened stretch keeps. */
const breakWidth = 0.16
const steps = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000, 2_592_000_000,
]

/** `idle`: stretches in which nothing happened and nothing was in flight. */
export function timeScale(idle: readonly Gap[], from: number, to: number, tickCount = 8): TimeScale {
  const end = Math.max(to, from + 1)
  const breaks = breaksOf(idle, end - from)
  const restMs = end - from - lengthOf(breaks)
  const breakMs = restMs * breakWidth
  const total = restMs + breakMs * breaks.length
  const place = (at: number): number => {
    const inside = Math.max(from, Math.min(at, end))
    let drawn = inside - from
    for (const span of breaks) {
      if (inside <= span.from) continue
      const passed = Math.min(inside, span.to) - span.from
      drawn += (passed / (span.to - span.from)) * breakMs - passed
    }
    return drawn / total
  }
  return { from, to: end, place, breaks, ticks: ticksOf(from, end, total, breaks, tickCount) }
}

/** The idle stretches to shorten, in order: the longest first, while each dwarfs what is left beside it. */
function breaksOf(idle: readonly Gap[], totalMs: number): readonly Gap[] {
  const breaks: Gap[] = []
  let restMs = totalMs
  for (const span of idle.toSorted((left, right) => right.to - right.from - (left.to - left.from))) {
    const length = span.to - span.from
    const others = restMs - length
    if (others < leastRestMs || length < others * breakRatio) break
    breaks.push(span)
    restMs = others
  }
  return breaks.toSorted((left, right) => left.from - right.from)
}

const lengthOf = (spans: readonly Gap[]): number => spans.reduce((sum, span) => sum + span.to - span.from, 0)

/** Round distances from the start, none inside a break. */
function ticksOf(
  from: number,
  end: number,
  drawnMs: number,
  breaks: readonly Gap[],
  count: number,
): TimeScale['ticks'] {
  const step = steps.find((candidate) => drawnMs / candidate <= count) ?? steps.at(-1) ?? 1
  const ticks: { at: number; sinceStart: number }[] = []
  let at = from
  while (at <= end) {
    const hit = breaks.find((span) => at > span.from && at < span.to)
    if (hit === undefined) ticks.push({ at, sinceStart: at - from })
    at = hit === undefined ? at + step : from + Math.ceil((hit.to - from) / step) * step
  }
  return ticks
}

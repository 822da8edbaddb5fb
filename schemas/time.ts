import { z } from 'zod'

/** Milliseconds since the Unix epoch. A number, so the engine adds durations without `Date`. */
export const EpochMs = z.int().min(0)
export type EpochMs = z.infer<typeof EpochMs>

/** An ISO 8601 duration of days and smaller, for example `P1DT2H30M`. Months and years have no fixed length. */
export const IsoDuration = z
  .string()
  .regex(
    /^P(?=\d|T\d)(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/,
    'must be an ISO 8601 duration such as PT90S or P1DT2H',
  )

const unitMs = [86_400_000, 3_600_000, 60_000, 1000] as const

/** Milliseconds of a duration that `IsoDuration` accepts. */
export function durationMs(duration: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration) ?? []
  return unitMs.reduce((total, ms, index) => total + ms * Number(match[index + 1] ?? 0), 0)
}

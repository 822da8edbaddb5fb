import { z } from 'zod'

/**
 * Any JSON value. Typed `unknown`: the recursive JSON type overflows the compiler (TS2589) when it
 * crosses an object's RPC stub. Depth and size are checked where JSON enters (`limits.ts`), not here.
 */
export const Json: z.ZodType<unknown> = z.unknown().refine((value) => value !== undefined, 'must be a JSON value')
export type Json = unknown

export const JsonObject = z.record(z.string(), Json)
export type JsonObject = z.infer<typeof JsonObject>

import { expect } from 'vitest'

import { called, decided, delivered, postOf, ran, verified } from './kind-observers.ts'

/** One field: what happens with two values of it, everything else being equal. */
export type Witness = () => Promise<{
  readonly happens: readonly [unknown, unknown]
  readonly expected: readonly [unknown, unknown]
}>

/** Two configs of a kind that the engine decides, and what of the event shows the difference. */
export const decides =
  (kind: string, first: object, second: object, ...expected: readonly [unknown, unknown]): Witness =>
  async () => ({
    happens: [decided(kind, { ...first }), decided(kind, { ...second })],
    expected: [expect.objectContaining(expected[0] as object), expect.objectContaining(expected[1] as object)],
  })

export type Call = Awaited<ReturnType<typeof called>>
/** Two configs of an http step, sent to a real server, and what of the call shows the difference. */
export const calls =
  (first: object, second: object, shows: (call: Call) => unknown, ...expected: readonly [unknown, unknown]): Witness =>
  async () => {
    const ofConfig = (config: object) => called((origin) => ({ url: `${origin}/a`, ...filled(config, origin) }))
    return { happens: [shows(await ofConfig(first)), shows(await ofConfig(second))], expected }
  }
const filled = (config: object, origin: string): object =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replace('ORIGIN', origin) : value,
    ]),
  )

/** Two configs of a code step, run by the real engine. */
export const runs =
  (
    first: Record<string, unknown>,
    second: Record<string, unknown>,
    ...expected: readonly [unknown, unknown]
  ): Witness =>
  async () => ({ happens: [await ran(first), await ran(second)], expected })

/** The vault knows one token and one GitHub secret. */
const vault = (request: Parameters<Parameters<typeof verified>[2]>[0]): boolean =>
  request.scheme === 'token'
    ? request.secret === 'door' && request.token === 'open sesame'
    : request.secret === 'github' && request.signature === 'sha256=true'
export const token = { scheme: 'token', secret: 'door' }
const bearer: readonly (readonly [string, string])[] = [
  ['x-webhook-token', 'open sesame'],
  ['x-hub-signature-256', 'sha256=true'],
]
export const verifies =
  (first: Record<string, unknown>, second: Record<string, unknown>): Witness =>
  async () => ({
    happens: [await verified(first, bearer, vault), await verified(second, bearer, vault)],
    expected: [true, false],
  })

export const held = (ms: number) => ({ milestone: 'response', ms })
export const delivers =
  (first: object, second: object, ...expected: readonly [unknown, unknown]): Witness =>
  async () => {
    const requests = [postOf({ id: 'event-1', total: 40 }), postOf({ id: 'event-1', total: 41 })]
    const happens = [await delivered({ ...first }, ...requests), await delivered({ ...second }, ...requests)] as const
    return { happens, expected }
  }

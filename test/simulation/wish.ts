import type { Wish } from './client.ts'

const KEYS = 4
const FLAGS = ['f0', 'f1', 'f2', 'f3']

/** What a client asks for, by chance: few keys, so that they meet, and flags that decide which ways are taken. */
export function drawnWish(
  door: Wish['door'],
  number: number,
  [keyDraw = 0, flagDraw = 0, waitDraw = 0]: readonly number[],
): Pick<Wish, 'key' | 'body' | 'waitMs'> {
  // A hook always has a dedupe key; what comes without one of the few is an event of its own.
  const own = `own ${number}`
  const key = keyDraw < 0.7 ? `k${Math.floor((keyDraw * KEYS * 10) % KEYS)}` : door === 'hook' ? own : null
  const flags = FLAGS.filter((_, index) => (flagDraw * 2 ** (index + 1)) % 1 < 0.75)
  const body = {
    ...Object.fromEntries(flags.map((flag, index) => [flag, (flagDraw * 3 ** (index + 1)) % 1 < 0.6])),
    key: key ?? own,
  }
  return { key, body, waitMs: waitDraw < 0.5 ? 0 : Math.floor(waitDraw * 5000) }
}

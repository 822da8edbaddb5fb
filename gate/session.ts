import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

import { SessionToken, sessionMessage, sessionText } from '../schemas/session.ts'

/** The value of a session cookie that holds until `expiresAt` (epoch ms). */
export const signSession = (adminToken: string, expiresAt: number): string =>
  sessionText({ expiresAt, signature: signature(adminToken, expiresAt) })

/** When the session ends (epoch ms), or null when the cookie is not ours or is over. */
export function verifySession(adminToken: string, cookie: string, now: number): number | null {
  const token = SessionToken.safeParse(cookie)
  if (!token.success || token.data.expiresAt <= now) return null
  return isSameText(token.data.signature, signature(adminToken, token.data.expiresAt)) ? token.data.expiresAt : null
}

/** Compares digests, so neither the time it takes nor an error tells how much of a guess was right, or how long. */
export const isSameText = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right))

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()
const signature = (adminToken: string, expiresAt: number): string =>
  createHmac('sha256', adminToken).update(sessionMessage(expiresAt)).digest('hex')

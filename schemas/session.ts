import { z } from 'zod'

/**
 * The sign-in cookie, which the builder gives and both Workers read. It is stateless: whoever holds
 * the admin token can check it, and a new admin token ends every session.
 */
export const sessionCookie = {
  /** `__Host-` binds the cookie to this host and path; browsers take it over https only. */
  https: '__Host-stepwell_session',
  http: 'stepwell_session',
} as const

/** `v1.<expiresAt in epoch ms>.<signature>`, the signature as 64 lower-case hex digits. */
export const SessionToken = z
  .string()
  .max(100)
  .regex(/^v1\.(0|[1-9]\d{0,15})\.[0-9a-f]{64}$/)
  .transform((text) => {
    const [, expiresAt = '', signature = ''] = text.split('.')
    return { expiresAt: Number(expiresAt), signature }
  })
export type SessionToken = z.infer<typeof SessionToken>

/** What is signed: HMAC-SHA256 with the admin token (UTF-8) as the key. */
export const sessionMessage = (expiresAt: number): string => `stepwell-session:v1:${expiresAt}`
export const sessionText = (token: SessionToken): string => `v1.${token.expiresAt}.${token.signature}`

/** A write that is signed in by cookie carries this header, and an `Origin` equal to its own: no other site can send both. */
export const sessionWriteHeader = { name: 'x-stepwell', value: '1' } as const

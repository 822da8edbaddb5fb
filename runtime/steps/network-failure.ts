import { failForNow, type Refusal } from './refusal.ts'

/** What a platform's error code means to a person. Its message is never shown: it names addresses inside the network. */
const meanings: readonly { readonly code: RegExp; readonly meaning: string }[] = [
  { code: /^ECONNREFUSED$/, meaning: 'refused the connection' },
  { code: /^(ENOTFOUND|EAI_AGAIN)$/, meaning: 'has a name that could not be resolved' },
  {
    code: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/,
    meaning: 'closed the connection before the answer was complete',
  },
  { code: /^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, meaning: 'did not answer' },
  { code: /^(EHOSTUNREACH|ENETUNREACH)$/, meaning: 'cannot be reached from here' },
  {
    code: /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/,
    meaning: 'has a certificate that is not trusted',
  },
  { code: /^(HPE_|UND_ERR_HEADERS_OVERFLOW)/, meaning: 'did not answer in HTTP' },
  { code: /^Z_/, meaning: 'sent a compressed answer that cannot be unpacked' },
]

const causesFollowed = 4

/** `network_error`, retryable. Says which host, and what is known of the reason. */
export function networkFailure(host: string, error: unknown): Refusal {
  let cause = error
  for (let depth = 0; depth < causesFollowed && cause instanceof Error; depth++) {
    const code = 'code' in cause ? String(cause.code) : ''
    const match = meanings.find((entry) => entry.code.test(code))
    if (match !== undefined) return failForNow('network_error', `${host} ${match.meaning}.`)
    cause = cause.cause
  }
  return failForNow('network_error', `The connection to ${host} failed.`)
}

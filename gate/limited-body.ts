/** Codes of the problems that a body which is not read to its end is answered with. */
export type BodyRefusal = 'too_large' | 'too_slow' | 'cut_off'

type Limits = { readonly maxBytes: number; readonly maxMs: number }

/**
 * Reads a body, counted and timed as it arrives. One that is longer than `maxBytes` or takes longer
 * than `maxMs` is given up; the rest is never read. `cut_off`: its sender went away.
 */
export async function limitedBody(
  request: Request,
  { maxBytes, maxMs }: Limits,
): Promise<Uint8Array<ArrayBuffer> | BodyRefusal> {
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), maxMs)
  try {
    // The protocol holds a body to the length it declares, so a small one can be taken in one piece.
    const isSmall = declaredBytes(request.headers) <= maxBytes
    return await (isSmall ? wholeBody(request, late) : streamedBody(request.body, maxBytes, late))
  } catch (error) {
    if (isLostConnection(error)) return 'cut_off'
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** The platform marks what is no fault of the code. */
const isLostConnection = (error: unknown): boolean =>
  error instanceof Error && 'retryable' in error && error.retryable === true

/** Infinity when the length is not declared. */
function declaredBytes(headers: Headers): number {
  const declared = headers.get('content-length')
  return declared !== null && /^\d{1,15}$/.test(declared) ? Number(declared) : Number.POSITIVE_INFINITY
}

async function wholeBody(request: Request, late: Promise<null>): Promise<Uint8Array<ArrayBuffer> | BodyRefusal> {
  const body = await Promise.race([request.arrayBuffer(), late])
  return body === null ? 'too_slow' : new Uint8Array(body)
}

async function streamedBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  maxBytes: number,
  late: Promise<null>,
): Promise<Uint8Array<ArrayBuffer> | BodyRefusal> {
  if (body === null) return new Uint8Array()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let total = 0
  const reader = body.getReader()
  for (;;) {
    const part = await Promise.race([reader.read(), late])
    if (part === null) return givenUp(reader, 'too_slow')
    if (part.done) return new Uint8Array(await new Blob(chunks).arrayBuffer())
    total += part.value.byteLength
    if (total > maxBytes) return givenUp(reader, 'too_large')
    chunks.push(part.value)
  }
}

async function givenUp(reader: ReadableStreamDefaultReader<Uint8Array>, reason: BodyRefusal): Promise<BodyRefusal> {
  await reader.cancel(reason)
  return reason
}

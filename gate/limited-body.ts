/** Codes of the problems that a body which is not read to its end is answered with. */
export type BodyRefusal = 'too_large' | 'too_slow'

/**
 * Reads a body, counted and timed as it arrives. One that is longer than `maxBytes` or takes longer
 * than `maxMs` is given up; the rest is never read.
 */
export async function limitedBody(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, maxMs }: { readonly maxBytes: number; readonly maxMs: number },
): Promise<Uint8Array<ArrayBuffer> | BodyRefusal> {
  if (body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let total = 0
  const reader = body.getReader()
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), maxMs)
  try {
    for (;;) {
      const part = await Promise.race([reader.read(), late])
      if (part === null) return await givenUp(reader, 'too_slow')
      if (part.done) break
      total += part.value.byteLength
      if (total > maxBytes) return await givenUp(reader, 'too_large')
      chunks.push(part.value)
    }
  } finally {
    clearTimeout(timer)
  }
  return joined(chunks, total)
}

async function givenUp(reader: ReadableStreamDefaultReader<Uint8Array>, reason: BodyRefusal): Promise<BodyRefusal> {
  await reader.cancel(reason)
  return reason
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(total)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

/** Reads JSON in UTF-8. Why it cannot be read is not said: the parser's own message quotes the body, which may hold a secret. */
export function jsonIn(bytes: Uint8Array): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)) }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return { ok: false }
    throw error
  }
}

export type ReadInput =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string }

/** The JSON someone typed, or what is wrong with it. Nothing typed is an empty object. */
export function readInput(text: string): ReadInput {
  if (text.trim() === '') return { ok: true, value: {} }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : String(error)
    return { ok: false, message: `This is not JSON yet: ${reason}` }
  }
}

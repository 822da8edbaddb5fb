import { z } from 'zod'

/** Why something broke, as a sentence for the operator. Never quotes what was being read, which may be anybody's data. */
export function faultOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'a row is not JSON'
  if (error instanceof z.ZodError) {
    const places = new Set(error.issues.map(({ path }) => path.map(String).join('.')))
    return `a row is nothing that this release knows, by its ${[...places].join(', ')}`
  }
  return (error instanceof Error ? error.message : String(error)).slice(0, 500)
}

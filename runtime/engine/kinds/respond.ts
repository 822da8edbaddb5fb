import type { z } from 'zod'

import type { respond } from '../../../schemas/kinds/respond.ts'
import { limits } from '../../../schemas/limits.ts'
import type { NodeProgram } from '../node-program.ts'
import { jsonBytes, tooLarge } from '../output-size.ts'
import type { Workbench } from '../workbench.ts'

/** Headers that belong to the connection or to our own host; an answer may not set them. */
const forbidden = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-security-policy',
  'x-content-type-options',
  'strict-transport-security',
])

export function compileRespond(config: z.infer<typeof respond.config>, bench: Workbench): NodeProgram | null {
  for (const name of Object.keys(config.headers ?? {})) {
    if (forbidden.has(name.toLowerCase()))
      bench.problem(`config.headers.${name}`, 'invalid_field', `an answer cannot set ${name}`, 'remove this header')
  }
  const template = bench.template('config', { headers: config.headers ?? {}, body: config.body ?? null })
  if (template === null) return null
  return {
    role: 'compute',
    compute(scope) {
      const evaluation = template.evaluate(scope)
      if (!evaluation.ok) return evaluation
      const { headers, body } = evaluation.value as {
        readonly headers: Record<string, unknown>
        readonly body: unknown
      }
      const texts = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), headerText(value)]),
      )
      const failure = tooLarge('header', jsonBytes(texts), limits.responseHeaderBytes, 'put data into the body')
      if (failure !== null) return { ok: false, failure }
      return { ok: true, output: body, ports: ['out'], response: { status: config.status, headers: texts } }
    },
  }
}

/**
 * A header is one line of ASCII: data cannot add another, and other characters are percent-encoded,
 * because beyond ASCII each platform sends something else (RFC 9110 section 5.5).
 */
const headerText = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value))
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    .replace(/[\x00-\x08\x0a-\x1f\x7f]+/g, ' ')
    .replace(/[\x80-\u{10ffff}]+/gu, encodeURIComponent)

import type { z } from 'zod'

import type { http } from '../../../schemas/kinds/http.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'

/** Fields whose texts are evaluated; the others go into the request as they are. */
const templated = ['url', 'headers', 'query', 'body', 'auth'] as const

export function compileHttp(config: z.infer<typeof http.config>, bench: Workbench): NodeProgram | null {
  checkBody(config, bench)
  checkUrl(config.url, bench)
  const texts = Object.fromEntries(
    templated.flatMap((field) => (config[field] === undefined ? [] : [[field, config[field]]])),
  )
  const template = bench.template('config', texts, { secrets: true })
  if (template === null) return null

  return {
    role: 'act',
    request(scope) {
      const evaluation = template.evaluate(scope)
      if (!evaluation.ok) return evaluation
      const evaluated = evaluation.value as Record<string, unknown>
      return {
        ok: true,
        request: { kind: 'http', config: { ...config, ...evaluated }, injections: [...evaluation.injections] },
      }
    },
  }
}

function checkBody({ method, body, bodyAs }: z.infer<typeof http.config>, bench: Workbench): void {
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    bench.problem('config.body', 'invalid_field', `${method} sends no body`, 'remove the body or choose another method')
  } else if (body !== undefined && bodyAs === 'none') {
    bench.problem('config.body', 'unknown_field', 'body has no effect: bodyAs is none', 'remove both')
  }
  if (body === undefined && bodyAs !== undefined) {
    const mend = 'remove it, or add a body'
    bench.problem('config.bodyAs', 'unknown_field', 'bodyAs has no effect without a body', mend)
  }
}

function checkUrl(url: string, bench: Workbench): void {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (url.startsWith('{{') || scheme === 'http' || scheme === 'https') return
  bench.problem(
    'config.url',
    'invalid_field',
    'the URL is not http or https',
    'begin it with https:// or http://, or with one expression that gives the whole URL',
  )
}

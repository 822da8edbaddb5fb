import type { z } from 'zod'

import type { http } from '../../../schemas/kinds/http.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'

/** Fields whose texts are evaluated; the others go into the request as they are. */
const templated = ['url', 'headers', 'query', 'body', 'auth'] as const

export function compileHttp(config: z.infer<typeof http.config>, bench: Workbench): NodeProgram | null {
  if (config.body !== undefined && (config.method === 'GET' || config.method === 'HEAD')) {
    bench.problem(
      'config.body',
      'invalid_field',
      `${config.method} sends no body`,
      'remove the body or choose another method',
    )
  }
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

import type { Node } from '../graph.ts'
import { condition } from './condition.ts'
import { delay } from './delay.ts'
import { fail } from './fail.ts'
import { http } from './http.ts'
import type { Kind } from './kind.ts'
import { log } from './log.ts'
import { manual } from './manual.ts'
import { respond } from './respond.ts'
import { transform } from './transform.ts'
import { webhook } from './webhook.ts'

/** Every step kind there is. A new kind is one file here, one executor, one test. */
export const kinds = { manual, webhook, http, condition, transform, delay, respond, fail, log } as const
export type KindName = keyof typeof kinds

export const isKindName = (name: string): name is KindName => Object.hasOwn(kinds, name)
export const kindNamed = (name: string): Kind | undefined =>
  isKindName(name) ? (kinds[name] as unknown as Kind) : undefined

/** The ports a node has: those of its kind, and `error` when it leaves by it on failure. */
export function portsOf(node: Pick<Node, 'kind' | 'config' | 'onError'>): readonly string[] {
  const kind = kindNamed(node.kind)
  const config = kind?.config.safeParse(node.config)
  if (kind === undefined || !config?.success) return []
  const ports = kind.ports(config.data)
  return node.onError === 'port' && !ports.includes('error') ? [...ports, 'error'] : ports
}

export type { Kind } from './kind.ts'

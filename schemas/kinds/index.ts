import type { Node } from '../graph.ts'
import { code } from './code.ts'
import { condition } from './condition.ts'
import { delay } from './delay.ts'
import { each } from './each.ts'
import { event } from './event.ts'
import { fail } from './fail.ts'
import { failure } from './failure.ts'
import { http } from './http.ts'
import type { Kind } from './kind.ts'
import { log } from './log.ts'
import { manual } from './manual.ts'
import { repeat } from './repeat.ts'
import { respond } from './respond.ts'
import { transform } from './transform.ts'
import { wait } from './wait.ts'
import { webhook } from './webhook.ts'
import { workflow } from './workflow.ts'

/** Every step kind there is. The README says what else a new one needs: the compiler and the tests ask for it. */
export const kinds = {
  manual,
  webhook,
  event,
  failure,
  http,
  code,
  condition,
  transform,
  delay,
  respond,
  fail,
  log,
  wait,
  each,
  repeat,
  workflow,
} as const
export type KindName = keyof typeof kinds
/** Those of which an attempt leaves the object. */
export type ActingKind = {
  [Name in KindName]: (typeof kinds)[Name]['role'] extends 'act' ? Name : never
}[KindName]

export const isKindName = (name: string): name is KindName => Object.hasOwn(kinds, name)
export const kindNamed = (name: string): Kind | undefined =>
  isKindName(name) ? (kinds[name] as unknown as Kind) : undefined

/** The edge from this port leads to the step that undoes what the node did. It is taken only when an execution is undone. */
export const compensatePort = 'compensate'

/** The ports a node has: those of its kind, `error` when it may leave by it on failure, and `compensate` when it can be undone. */
export function portsOf({ kind: name, config, onError }: Pick<Node, 'kind' | 'config' | 'onError'>): readonly string[] {
  const kind = kindNamed(name)
  const parsed = kind?.config.safeParse(config)
  if (kind === undefined || !parsed?.success) return []
  const ports = kind.ports(parsed.data)
  const leavesByError = onError === undefined ? ports.includes('error') : onError === 'port'
  return [
    ...ports.filter((port) => port !== 'error'),
    ...(leavesByError ? ['error'] : []),
    ...(kind.role === 'act' ? [compensatePort] : []),
  ]
}

export type { Kind } from './kind.ts'

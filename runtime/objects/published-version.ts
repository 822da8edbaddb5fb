import type { z } from 'zod'

import type { Node } from '../../schemas/graph.ts'
import { manual } from '../../schemas/kinds/manual.ts'
import { webhook } from '../../schemas/kinds/webhook.ts'
import { fromJsonSchema } from '../engine/json-schema.ts'
import { compileExpression, type Expression } from '../expression/index.ts'
import type { Version } from '../storage/workflow-store.ts'
import type { HookConfig } from './delivery.ts'

export type Hook = {
  readonly nodeId: string
  readonly config: HookConfig
  readonly filter: Expression | null
  readonly dedupe: Expression | null
}
export type Manual = { readonly nodeId: string; readonly input: z.ZodType | null }

/**
 * The active version with its triggers made ready, each when it is first asked for: one that this
 * release can no longer read must not keep the others, or a mended version, from working.
 */
export class PublishedVersion {
  readonly version: Version
  readonly hookNodes: readonly string[]
  readonly #hooks = new Map<string, Hook>()
  #manual: Manual | null | undefined

  constructor(version: Version) {
    this.version = version
    this.hookNodes = version.graph.nodes.filter(({ kind }) => kind === 'webhook').map(({ id }) => id)
  }

  /** Throws when one of its triggers cannot be made ready: such a version is not to be published. */
  static verified(version: Version): PublishedVersion {
    const published = new PublishedVersion(version)
    for (const nodeId of published.hookNodes) published.hook(nodeId)
    published.manual()
    return published
  }

  hook(nodeId: string): Hook | null {
    const known = this.#hooks.get(nodeId)
    if (known !== undefined) return known
    const node = this.version.graph.nodes.find(({ id, kind }) => id === nodeId && kind === 'webhook')
    if (node === undefined) return null
    const hook = hookFrom(node)
    this.#hooks.set(nodeId, hook)
    return hook
  }

  manual(): Manual | null {
    if (this.#manual === undefined) {
      const node = this.version.graph.nodes.find(({ kind }) => kind === 'manual')
      this.#manual = node === undefined ? null : manualFrom(node)
    }
    return this.#manual
  }
}

function hookFrom(node: Node): Hook {
  const config = webhook.config.parse(node.config)
  return { nodeId: node.id, config, filter: compiled(config.filter, 'boolean'), dedupe: compiled(config.dedupe, 'any') }
}

function manualFrom(node: Node): Manual {
  const { input } = manual.config.parse(node.config)
  return { nodeId: node.id, input: input === undefined ? null : fromJsonSchema(input) }
}

function compiled(source: string | undefined, result: 'boolean' | 'any'): Expression | null {
  if (source === undefined) return null
  const compilation = compileExpression(source, { roots: ['trigger'], result })
  if (!compilation.ok)
    throw new Error(`an expression of a published version does not compile: ${compilation.problem.message}`)
  return compilation.expression
}

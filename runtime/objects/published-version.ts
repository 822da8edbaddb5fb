import { z } from 'zod'

import type { Node } from '../../schemas/graph.ts'
import { manual } from '../../schemas/kinds/manual.ts'
import { webhook } from '../../schemas/kinds/webhook.ts'
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

/** The active version with its triggers made ready, once for each version that an object sees. */
export class PublishedVersion {
  readonly version: Version
  readonly manual: Manual | null
  readonly #hooks: ReadonlyMap<string, Hook>

  constructor(version: Version) {
    this.version = version
    const { nodes } = version.graph
    this.#hooks = new Map(nodes.filter(({ kind }) => kind === 'webhook').map((node) => [node.id, hookFrom(node)]))
    const manualNode = nodes.find(({ kind }) => kind === 'manual')
    this.manual = manualNode === undefined ? null : manualFrom(manualNode)
  }

  hook(nodeId: string): Hook | null {
    return this.#hooks.get(nodeId) ?? null
  }

  get hookNodes(): readonly string[] {
    return [...this.#hooks.keys()]
  }
}

function hookFrom(node: Node): Hook {
  const config = webhook.config.parse(node.config)
  return { nodeId: node.id, config, filter: compiled(config.filter, 'boolean'), dedupe: compiled(config.dedupe, 'any') }
}

function manualFrom(node: Node): Manual {
  const { input } = manual.config.parse(node.config)
  return { nodeId: node.id, input: input === undefined ? null : z.fromJSONSchema(input) }
}

function compiled(source: string | undefined, result: 'boolean' | 'any'): Expression | null {
  if (source === undefined) return null
  const compilation = compileExpression(source, { roots: ['trigger'], result })
  if (!compilation.ok)
    throw new Error(`an expression of a published version does not compile: ${compilation.problem.message}`)
  return compilation.expression
}

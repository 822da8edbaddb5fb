import type { ASTNode } from '@marcbachmann/cel-js'

/**
 * A path that an expression names outright, for example `steps.notify.output.body.id`: root `steps`,
 * path `['notify', 'output', 'body', 'id']`. It ends where a computed index begins.
 */
export type Reference = {
  readonly root: string
  /** Keys as text; the index of a list too. */
  readonly path: readonly string[]
  /** Whether it may be absent without a failure: read with `?` or inside `has(…)`. */
  readonly optional: boolean
  /** The path as it would be written. */
  readonly text: string
}

const loops = new Set(['map', 'filter', 'all', 'exists', 'exists_one', 'sortBy'])

/** Every path that the expression names, each once, in the order they stand. */
export function referencesOf(ast: ASTNode): readonly Reference[] {
  const found: Reference[] = []
  collect(ast, new Set(), false, (reference) => found.push(reference))
  return distinctReferences(found)
}

/** Each path once. A path that is required anywhere is not optional. */
export function distinctReferences(references: readonly Reference[]): readonly Reference[] {
  const distinct = new Map<string, Reference>()
  for (const reference of references) {
    const optional = reference.optional && distinct.get(reference.text)?.optional !== false
    distinct.set(reference.text, { ...reference, optional })
  }
  return [...distinct.values()]
}

type Add = (reference: Reference) => void

function collect(node: ASTNode, locals: ReadonlySet<string>, isTested: boolean, add: Add): void {
  const chain = chainOf(node)
  for (const computed of chain.computed) collect(computed, locals, false, add)
  if (chain.base.op === 'id') {
    if (!locals.has(chain.base.args)) add(referenceTo(chain.base.args, chain, isTested))
    return
  }
  const inside = chain.base.op === 'call' && chain.base.args[0] === 'has'
  for (const { child, variable } of childrenOf(chain.base)) {
    collect(child, variable === undefined ? locals : new Set([...locals, variable]), inside, add)
  }
}

type Chain = {
  readonly base: ASTNode
  readonly keys: readonly string[]
  readonly isOptional: boolean
  /** Indices that are expressions of their own. */
  readonly computed: readonly ASTNode[]
}

type Link = { readonly isOptional: boolean } & ({ readonly key: string } | { readonly computed: ASTNode })

/** Unrolls `a.b['c'][i].d` into its base `a`, the keys up to the first computed one, and the computed ones. */
function chainOf(node: ASTNode): Chain {
  const links: Link[] = []
  let base = node
  while (base.op === '.' || base.op === '.?' || base.op === '[]' || base.op === '[?]') {
    links.unshift(linkOf(base.args[1], base.op === '.?' || base.op === '[?]'))
    base = base.args[0]
  }
  const keys: string[] = []
  let isOptional = false
  for (const link of links) {
    if ('computed' in link) break
    keys.push(link.key)
    isOptional ||= link.isOptional
  }
  return { base, keys, isOptional, computed: links.flatMap((link) => ('computed' in link ? [link.computed] : [])) }
}

function linkOf(index: string | ASTNode, isOptional: boolean): Link {
  if (typeof index === 'string') return { key: index, isOptional }
  const key = literalKey(index)
  return key === undefined ? { computed: index, isOptional } : { key, isOptional }
}

function literalKey(node: ASTNode): string | undefined {
  if (node.op !== 'value') return undefined
  return typeof node.args === 'string' || typeof node.args === 'bigint' ? `${node.args}` : undefined
}

function referenceTo(root: string, { keys, isOptional }: Chain, isTested: boolean): Reference {
  const text = keys.reduce((path, key) => path + written(key), root)
  return { root, path: keys, optional: isOptional || isTested, text }
}

function written(key: string): string {
  if (/^[A-Za-z_]\w*$/.test(key)) return `.${key}`
  return /^\d+$/.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`
}

type Child = { readonly child: ASTNode; readonly variable?: string }

function childrenOf(node: ASTNode): readonly Child[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case 'call':
      return node.args[1].map((child) => ({ child }))
    case 'rcall':
      return childrenOfMethod(...node.args)
    case 'map':
      return node.args.flat().map((child) => ({ child }))
    case '!_':
    case '-_':
      return [{ child: node.args }]
    default:
      return (node.args as readonly ASTNode[]).map((child) => ({ child }))
  }
}

function childrenOfMethod(name: string, receiver: ASTNode, args: readonly ASTNode[]): readonly Child[] {
  const [first, ...rest] = args
  if (!loops.has(name) || first?.op !== 'id' || rest.length === 0)
    return [receiver, ...args].map((child) => ({ child }))
  return [{ child: receiver }, ...rest.map((child) => ({ child, variable: first.args }))]
}

import type { GraphProblem, Node, NodeId } from '../../schemas/graph.ts'
import {
  compileExpression,
  compileTemplate,
  type Expression,
  type Reference,
  type Template,
} from '../expression/index.ts'
import { rootsElsewhere } from './roots.ts'

/** What an expression for the elements of a list may name besides: the element, and its place in the list. */
const elementRoots = ['item', 'index']

export type ProblemCode = GraphProblem['code']

/**
 * Where a node's texts are compiled. Publishing reads the problems, executing the results: the same
 * code does both, so what was published is what runs.
 */
export class Workbench {
  readonly problems: GraphProblem[] = []
  readonly references: { readonly field: string; readonly reference: Reference }[] = []
  readonly secrets: { readonly field: string; readonly name: string }[] = []
  /** `to`: the wait that the link answers. */
  readonly links: { readonly field: string; readonly to: NodeId }[] = []
  readonly node: Node
  /** What the node's texts may name. */
  readonly roots: readonly string[]
  /** Nodes in the node, when it is a container. */
  readonly inner: readonly NodeId[]
  /** Fields whose texts are read inside the container that the node is. */
  readonly insideFields = new Set<string>()

  constructor(node: Node, roots: readonly string[], inner: readonly NodeId[]) {
    this.node = node
    this.roots = roots
    this.inner = inner
  }

  problem(field: string | null, code: ProblemCode, message: string, mend: string): void {
    this.problems.push({ nodeId: this.node.id, field, code, message, mend })
  }

  /** Null when the text does not compile; the problem is noted. */
  expression(
    field: string,
    source: string,
    result: 'boolean' | 'any',
    names: readonly string[] = this.roots,
  ): Expression | null {
    const expression = this.#compile(field, source, result, names)
    if (expression !== null) this.#refer(field, expression.references)
    return expression
  }

  /**
   * An expression that is evaluated for each element of a list. `item` and `index` are the element's,
   * inside a container too, whose own they hide; so they refer to nothing of the graph.
   */
  elementExpression(field: string, source: string, result: 'boolean' | 'any'): Expression | null {
    const expression = this.#compile(field, source, result, [...new Set([...this.roots, ...elementRoots])])
    if (expression === null) return null
    const ofGraph = expression.references.filter(({ root }) => !elementRoots.includes(root))
    this.#refer(field, ofGraph)
    return expression
  }

  /** An expression of a container that is read in the scope of an iteration. */
  inside(field: string, source: string, result: 'boolean' | 'any', names: readonly string[]): Expression | null {
    this.insideFields.add(field)
    return this.expression(field, source, result, names)
  }

  template(
    field: string,
    value: unknown,
    options: { readonly secrets: boolean } = { secrets: false },
  ): Template | null {
    const compiled = compileTemplate(value, { roots: this.roots, elsewhere: rootsElsewhere, secrets: options.secrets })
    if (!compiled.ok) {
      for (const { path, code, message, mend } of compiled.problems) {
        const isMisplaced = code === 'secret_not_allowed' || code === 'link_not_allowed'
        this.problem(fieldPath(field, path), isMisplaced ? code : 'expression_invalid', message, mend)
      }
      return null
    }
    for (const { path, references, secrets, links } of compiled.template.places) {
      const place = fieldPath(field, path)
      this.#refer(place, references)
      for (const name of secrets) this.secrets.push({ field: place, name })
      for (const node of links) this.links.push({ field: place, to: node as NodeId })
    }
    return compiled.template
  }

  #compile(field: string, source: string, result: 'boolean' | 'any', names: readonly string[]): Expression | null {
    const compiled = compileExpression(source, { roots: names, elsewhere: rootsElsewhere, result })
    if (compiled.ok) return compiled.expression
    this.problem(field, 'expression_invalid', compiled.problem.message, compiled.problem.mend)
    return null
  }

  #refer(field: string, references: readonly Reference[]): void {
    for (const reference of references) this.references.push({ field, reference })
  }
}

/** `config.rules[0].when` from `config` and `['rules', 0, 'when']`. */
export function fieldPath(field: string, path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`), field)
}

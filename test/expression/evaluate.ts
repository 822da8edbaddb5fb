import {
  compileExpression,
  type Evaluation,
  type ExpressionContext,
  type Scope,
} from '../../runtime/expression/index.ts'

/** A webhook's trigger, two steps, and an item of a container. */
export const scope: Scope = {
  trigger: {
    method: 'POST',
    headers: { 'x-github-event': 'issues' },
    body: {
      total: 99.5,
      count: 7,
      name: 'Ann',
      title: 'The app has a crash',
      note: null,
      urgent: true,
      tags: ['bug', 'ui', 'bug'],
      lines: [
        { sku: 'b', qty: 3, price: 1.5 },
        { sku: 'a', qty: 1, price: 10 },
      ],
      created: '2026-02-03T04:05:06Z',
      in: 'a reserved word',
    },
  },
  steps: { notify: { output: { status: 200, body: { id: 42 } } } },
  item: { id: 'i-1' },
}

const context: ExpressionContext = { roots: ['trigger', 'steps', 'item'] }

export function compiled(source: string, overrides: Partial<ExpressionContext> = {}) {
  const result = compileExpression(source, { ...context, ...overrides })
  if (!result.ok) throw new Error(`${source}: ${result.problem.message}; ${result.problem.mend}`)
  return result.expression
}

export const evaluate = (source: string, from: Scope = scope): Evaluation => compiled(source).evaluate(from)

/** The value of an expression that must succeed. */
export function resultOf(source: string, from: Scope = scope): unknown {
  const evaluation = evaluate(source, from)
  if (!evaluation.ok) throw new Error(`${source}: ${evaluation.failure.message}`)
  return evaluation.value
}

/** The failure of an expression that must compile and fail. */
export function failureOf(source: string, from: Scope = scope) {
  const evaluation = evaluate(source, from)
  if (evaluation.ok) throw new Error(`${source} gave ${JSON.stringify(evaluation.value)}`)
  return evaluation.failure
}

/** The problem of an expression that must not compile. */
export function problemOf(source: string, overrides: Partial<ExpressionContext> = {}) {
  const result = compileExpression(source, { ...context, ...overrides })
  if (result.ok) throw new Error(`${source} compiled`)
  return result.problem
}

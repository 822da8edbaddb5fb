import type { Failure } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { compileNode } from './compile.ts'
import type { Compiled } from './compiled.ts'
import { BudgetError, ExpressionError } from './expression-error.ts'
import { Frame, type Scope } from './frame.ts'
import { toJson } from './json-result.ts'
import { SizeMeter } from './json-size.ts'
import { operandsOf } from './operands.ts'
import { CompileError, type ExpressionProblem } from './problem.ts'
import { type Reference, referencesOf } from './references.ts'
import { parseExpression } from './syntax.ts'
import { kindOf, nameOf } from './value.ts'

/** The language of every expression. It changes only when the same text could mean something else. */
export const expressionLanguage = 'cel/1'

/** What an expression may use. */
export type ExpressionContext = {
  /** First names that can be read, for example `trigger` and `steps`. */
  readonly roots: readonly string[]
  /** Ids of the nodes whose steps can be read; without it any can. */
  readonly steps?: readonly string[] | undefined
  /** `boolean`: anything but true or false is a problem, or a failure when it is only seen at evaluation. */
  readonly result?: 'boolean' | 'any' | undefined
}

/** A JSON value with what was read for it, or why there is none. */
export type Evaluation =
  | { readonly ok: true; readonly value: unknown; readonly operands: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly failure: Failure }

export interface Expression {
  readonly source: string
  readonly references: readonly Reference[]
  /** Evaluates against plain JSON. Never throws, never changes the scope, and gives the same for the same. */
  evaluate(scope: Scope): Evaluation
}

export type ExpressionCompilation =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: ExpressionProblem }

/** Reads an expression once, to be evaluated often. */
export function compileExpression(source: string, context: ExpressionContext): ExpressionCompilation {
  try {
    return { ok: true, expression: expressionOf(source, context) }
  } catch (error) {
    if (error instanceof CompileError) return { ok: false, problem: error.problem }
    throw error
  }
}

/** What may be spent. Shared by the expressions of one template. */
export type Budget = { stepsLeft: number; readonly size: SizeMeter }

export const newBudget = (steps: number): Budget => ({ stepsLeft: steps, size: new SizeMeter(limits.stepOutputBytes) })

/** An expression made ready, for the template that holds it. `run` throws what `failureOf` understands. */
export type Program = {
  readonly source: string
  readonly references: readonly Reference[]
  readonly run: (scope: Scope, budget: Budget) => unknown
}

/** Throws a `CompileError` when the source is not a valid expression. */
export function programOf(source: string, context: ExpressionContext): Program {
  const ast = parseExpression(source)
  const { roots, steps } = context
  const compiled = compileNode(ast, { roots, steps, locals: new Map(), compile: compileNode })
  assertResult(compiled, context)
  const wantsBoolean = context.result === 'boolean'
  return {
    source,
    references: referencesOf(ast),
    run(scope, budget) {
      const allowed = Math.min(limits.expressionSteps, budget.stepsLeft)
      const frame = new Frame(scope, allowed)
      const value = compiled.code(frame)
      budget.stepsLeft -= allowed - frame.stepsLeft
      if (wantsBoolean && typeof value !== 'boolean') throw notBoolean(source, value)
      return toJson(value, budget.size)
    },
  }
}

/** Turns what a program throws into a failure. `field` is the place in the template, for example `body.text`. */
export function failureOf(error: unknown, source: string, field?: string): Failure {
  const where = { expression: source, ...(field === undefined ? {} : { field }) }
  if (error instanceof BudgetError) {
    const message = 'the expression needs more steps than one evaluation may take; work on a shorter list or split it'
    return { code: 'expression_budget', message, details: { reason: 'budget', ...where } }
  }
  if (error instanceof ExpressionError) {
    const [message, mend] = error.explain()
    return {
      code: 'expression_failed',
      message: `${message}; ${mend}`,
      details: { reason: error.reason, mend, ...where },
    }
  }
  // Anything else is a fault of ours, not of the expression.
  throw error
}

function expressionOf(source: string, context: ExpressionContext): Expression {
  const { references, run } = programOf(source, context)
  return {
    source,
    references,
    evaluate(scope) {
      try {
        const value = run(scope, newBudget(limits.expressionSteps))
        return { ok: true, value, operands: operandsOf(references, scope) }
      } catch (error) {
        return { ok: false, failure: failureOf(error, source) }
      }
    },
  }
}

function assertResult({ kind }: Compiled, context: ExpressionContext): void {
  if (kind === 'optional') {
    const mend = 'say what stands for an absent value: end it with .orValue(…)'
    throw new CompileError('expression_type', 'the result may be absent', mend)
  }
  if (context.result !== 'boolean' || kind === 'any' || kind === 'boolean') return
  const message = `the result must be true or false, but it is ${nameOf(kind)}`
  throw new CompileError('expression_type', message, 'compare it with something, as in trigger.body.count > 3')
}

const notBoolean = (source: string, value: unknown): ExpressionError =>
  new ExpressionError('not_boolean', () => [
    `\`${source.trim().slice(0, 100)}\` must be true or false, but it is ${nameOf(kindOf(value))}`,
    "compare it with something, as in x > 0 or x != ''",
  ])

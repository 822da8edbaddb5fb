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
  /** First names that can be read in other places only, each with what to do about it. */
  readonly elsewhere?: ReadonlyMap<string, string> | undefined
  /** `boolean`: anything but true or false is a problem, or a failure when it is only seen at evaluation. */
  readonly result?: 'boolean' | 'any' | undefined
}

/** A JSON value with what was read for it, or why there is none. */
export type Evaluation =
  | { readonly ok: true; readonly value: unknown; readonly operands: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly failure: Failure }

/** The values for the elements of a list, in their order, or why there are none. */
export type Evaluations =
  | { readonly ok: true; readonly values: readonly unknown[] }
  | { readonly ok: false; readonly failure: Failure }

export interface Expression {
  readonly source: string
  readonly references: readonly Reference[]
  /** Evaluates against plain JSON. Never throws, never changes the scope, and gives the same for the same. */
  evaluate(scope: Scope): Evaluation
  /**
   * Evaluates for each element of a list: it is `item`, and its place `index`. The budget is for all
   * of them, and for every expression that shares it.
   */
  evaluateEach(list: readonly unknown[], scope: Scope, budget: Budget): Evaluations
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

/** What may be spent. Shared by the expressions of one template, and by the elements of one list. */
export type Budget = { stepsLeft: number; readonly size: SizeMeter }

export const newBudget = (steps: number): Budget => ({ stepsLeft: steps, size: new SizeMeter(limits.stepOutputBytes) })

export const newListBudget = (): Budget => newBudget(limits.listSteps)

/** An expression made ready, for the template that holds it. `run` throws what `failureOf` understands. */
export type Program = {
  readonly source: string
  readonly references: readonly Reference[]
  readonly run: (scope: Scope, budget: Budget) => unknown
}

const nowhere: ReadonlyMap<string, string> = new Map()

/** Throws a `CompileError` when the source is not a valid expression. */
export function programOf(source: string, context: ExpressionContext): Program {
  const ast = parseExpression(source)
  const { roots, steps, elsewhere = nowhere } = context
  const compiled = compileNode(ast, { roots, steps, elsewhere, locals: new Map(), compile: compileNode })
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
      if (!wantsBoolean) return toJson(value, budget.size)
      if (typeof value !== 'boolean') throw notBoolean(source, value)
      return value
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
    evaluateEach: (list, scope, budget) => evaluateEach(list, scope, budget, { source, run }),
  }
}

type Run = Pick<Program, 'source' | 'run'>

function evaluateEach(list: readonly unknown[], scope: Scope, budget: Budget, { source, run }: Run): Evaluations {
  // One object for all elements: nothing of an evaluation holds its scope afterwards.
  const own: { item: unknown; index: number } = { ...scope, item: null, index: 0 }
  const values: unknown[] = []
  for (const [index, item] of list.entries()) {
    own.item = item
    own.index = index
    if (budget.stepsLeft < 1) return { ok: false, failure: listTooLong(source, index) }
    budget.stepsLeft -= 1
    try {
      values.push(run(own, budget))
    } catch (error) {
      const isOfList = error instanceof BudgetError && budget.stepsLeft < limits.expressionSteps
      return { ok: false, failure: isOfList ? listTooLong(source, index) : failureAt(index, failureOf(error, source)) }
    }
  }
  return { ok: true, values }
}

/** A failure that says at which element it happened. */
const failureAt = (index: number, { code, message, details }: Failure): Failure => ({
  code,
  message: `at element ${index}: ${message}`,
  details: { ...(details as object), index },
})

const listTooLong = (expression: string, index: number): Failure => ({
  code: 'expression_budget',
  message: `the steps that one list may take were used up at element ${index}; work on a shorter list, or with a shorter expression`,
  details: { reason: 'budget', expression, index },
})

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

/** Why an evaluation failed, for programs. The sentence for people is the message. */
export type Reason =
  | 'missing'
  | 'type'
  | 'range'
  | 'division_by_zero'
  | 'conversion'
  | 'too_large'
  | 'too_deep'
  | 'not_json'
  | 'not_boolean'

/** What happened, and what to do about it. */
export type Explanation = readonly [message: string, mend: string]

/**
 * An expected failure on its way from deep inside an expression to `evaluate`, which turns it into a
 * value. It is thrown because `||`, `&&`, `exists` and `all` may absorb it, as CEL demands; and since
 * an absorbed one is told to nobody, its sentences are made only when they are asked for.
 */
export class ExpressionError extends Error {
  readonly reason: Reason
  readonly explain: () => Explanation

  constructor(reason: Reason, explain: () => Explanation) {
    super(reason)
    this.reason = reason
    this.explain = explain
  }
}

export const failed = (reason: Reason, message: string, mend: string): ExpressionError =>
  new ExpressionError(reason, () => [message, mend])

/** The steps are used up. Nothing absorbs it, so the same input always stops at the same step. */
export class BudgetError extends Error {}

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

/**
 * An expected failure on its way from deep inside an expression to `evaluate`, which turns it into a
 * value. It is thrown because `||`, `&&`, `exists` and `all` may absorb it, as CEL demands.
 */
export class ExpressionError extends Error {
  readonly reason: Reason
  readonly mend: string

  constructor(reason: Reason, message: string, mend: string) {
    super(message)
    this.reason = reason
    this.mend = mend
  }
}

/** The steps are used up. Nothing absorbs it, so the same input always stops at the same step. */
export class BudgetError extends Error {}

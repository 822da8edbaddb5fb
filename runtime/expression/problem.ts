/** What is wrong with an expression before it ever runs, and how to mend it. */
export type ExpressionProblem = {
  readonly code:
    | 'expression_empty'
    | 'expression_too_long'
    | 'expression_too_complex'
    | 'expression_syntax'
    | 'expression_type'
    | 'unknown_reference'
    | 'unknown_function'
    | 'forbidden_name'
    | 'not_supported'
    | 'regex_invalid'
    | 'secret_not_allowed'
    | 'link_not_allowed'
    | 'template_unclosed'
    | 'template_too_deep'
  readonly message: string
  readonly mend: string
}

/** Carries a problem from the place that found it to the door, which returns it as a value. */
export class CompileError extends Error {
  readonly problem: ExpressionProblem

  constructor(code: ExpressionProblem['code'], message: string, mend: string) {
    super(message)
    this.problem = { code, message, mend }
  }
}

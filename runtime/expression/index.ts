export { functionSignatures } from './calls.ts'
export {
  compileExpression,
  type Evaluation,
  type Expression,
  type ExpressionCompilation,
  type ExpressionContext,
  expressionLanguage,
} from './expression.ts'
export type { Scope } from './frame.ts'
export type { CutOperand } from './operands.ts'
export type { ExpressionProblem } from './problem.ts'
export type { Reference } from './references.ts'
export {
  compileTemplate,
  type Template,
  type TemplateCompilation,
  type TemplateContext,
  type TemplateEvaluation,
  type TemplatePath,
  type TemplateProblem,
} from './template.ts'

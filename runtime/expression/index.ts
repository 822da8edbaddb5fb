export { functionSignatures } from './calls.ts'
export {
  compileExpression,
  type Evaluation,
  type Expression,
  type ExpressionContext,
  expressionLanguage,
} from './expression.ts'
export type { Scope } from './frame.ts'
export type { CutOperand } from './operands.ts'
export type { Reference } from './references.ts'
export {
  compileTemplate,
  type Template,
  type TemplateContext,
} from './template.ts'

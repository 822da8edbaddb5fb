export { functionSignatures } from './calls.ts'
export {
  type Budget,
  compileExpression,
  type Evaluation,
  type Expression,
  type ExpressionContext,
  expressionLanguage,
  newListBudget,
} from './expression.ts'
export type { Scope } from './frame.ts'
export type { CutOperand } from './operands.ts'
export type { Reference } from './references.ts'
export {
  compileTemplate,
  type LinkHandles,
  type Template,
  type TemplateContext,
} from './template.ts'
export { kindOf, nameOf } from './value.ts'

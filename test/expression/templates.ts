import { compileTemplate, type TemplateContext } from '../../runtime/expression/index.ts'

export const context: TemplateContext = { roots: ['trigger', 'steps', 'item'], secrets: true }

/** A template that compiles. */
export function template(value: unknown, overrides: Partial<TemplateContext> = {}) {
  const result = compileTemplate(value, { ...context, ...overrides })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.template
}

/** What is wrong with one that does not. */
export function problemsOf(value: unknown, overrides: Partial<TemplateContext> = {}) {
  const result = compileTemplate(value, { ...context, ...overrides })
  if (result.ok) throw new Error('compiled')
  return result.problems
}

import type { z } from 'zod'

/** How the text of a field is read. */
export type FieldLanguage =
  /** As it is. */
  | 'plain'
  /** Any JSON whose strings may hold `{{ expression }}`. */
  | 'template'
  /** One CEL expression. */
  | 'expression'

export type FieldLabel = {
  readonly label: string
  readonly help: string
  readonly language: FieldLanguage
  /** Whether `{{ secrets.name }}` and `{{ links.wait }}` may stand here. The engine sees handles, never the values. */
  readonly secrets?: true
}

/**
 * `trigger` starts executions; `compute` is decided inside a turn; `act` leaves the object; `wait`
 * holds for time or the world; `container` runs the nodes inside it.
 */
type KindRole = 'trigger' | 'compute' | 'act' | 'wait' | 'container'

/** The one definition of a step kind: the form of the editor, the check at publish, the input of the executor. */
export type Kind<
  Name extends string = string,
  Config extends z.ZodObject = z.ZodObject,
  Role extends KindRole = KindRole,
> = {
  readonly kind: Name
  readonly role: Role
  readonly title: string
  readonly summary: string
  readonly config: Config
  readonly fields: { readonly [Field in keyof z.infer<Config>]-?: FieldLabel }
  readonly ports: (config: z.infer<Config>) => readonly string[]
}

export const defineKind = <const Name extends string, Config extends z.ZodObject, const Role extends KindRole>(
  kind: Kind<Name, Config, Role>,
): Kind<Name, Config, Role> => kind

/**
 * An object as its callers see it. The platform's own stub types turn every `unknown` (a JSON body)
 * into `never`; what crosses is structured-cloned JSON, so the method's own types hold.
 */
export type Rpc<Target> = {
  readonly [Name in keyof Target]: Target[Name] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Promise<Awaited<Result>>
    : never
}

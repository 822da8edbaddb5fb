import type { Env, Hono } from 'hono'

/** Answers 405 with an empty body. To be called last: what reaches it has a path that is known and a method that is not. */
export function refuseOtherMethods<AppEnv extends Env>(app: Hono<AppEnv>): void {
  const byPath = Map.groupBy(
    app.routes.filter(({ method }) => method !== 'ALL'),
    ({ path }) => path,
  )
  for (const [path, known] of byPath) {
    const methods = new Set(known.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))
    app.all(path, (c) => c.body(null, 405, { allow: [...methods].sort().join(', ') }))
  }
}

import type { Env, Hono } from 'hono'

/** Answers 405 with an empty body. To be called after routes: what reaches it then has a path of theirs and another method. */
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

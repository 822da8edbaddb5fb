// The Worker that listens on the port of the server. Miniflare's own entry would do the same by `routes`, but it also
// answers uncaught errors with their stack and source, obeys headers that choose the Worker and the address, and
// compresses every answer.

interface Service {
  fetch(request: Request): Promise<Response>
}

interface Env {
  readonly RUNTIME: Service
  readonly BUILDER: Service
}

export default {
  fetch: (request: Request, { RUNTIME, BUILDER }: Env): Promise<Response> =>
    (new URL(request.url).pathname.startsWith('/actions/') ? RUNTIME : BUILDER).fetch(request),
}

// The Worker through which the runtime's requests leave when private networks are closed to it. Its network refuses
// private addresses as the connection is made, so a name that changes its address after the check gains nothing.

interface Env {
  readonly NETWORK: { fetch(request: Request): Promise<Response> }
}

export default { fetch: (request: Request, { NETWORK }: Env): Promise<Response> => NETWORK.fetch(request) }

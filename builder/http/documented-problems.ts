import { documented } from './problem.ts'

type Codes = Parameters<typeof documented>[0]

/** A route's own refusals, and those that any signed-in route may answer with. */
export const documentedProblems = (...codes: Codes) =>
  documented([...codes, 'invalid_request', 'unauthorized', 'internal', 'not_configured'])

/** Those of a route that changes something; the ones with a body refuse it in these ways too. */
export const documentedWriteProblems = (...codes: Codes) =>
  documentedProblems(...codes, 'csrf', 'malformed_json', 'too_large', 'too_slow', 'cut_off', 'unsupported_media_type')

/** Those of a route that anybody may ask: nothing is added. */
export const documentedPublicProblems = (...codes: Codes) => documented(codes)

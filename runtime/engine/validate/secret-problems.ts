import type { GraphProblem, Node } from '../../../schemas/graph.ts'
import type { Judged } from './validate.ts'

/** Names of the secrets that exist, with the hosts each may be sent to. */
export type KnownSecrets = ReadonlyMap<string, { readonly hosts: readonly string[] }>

/** Secrets that do not exist, and secrets that could end up at a host that nobody named. */
export function secretProblems({ compiled }: Judged, known: KnownSecrets): GraphProblem[] {
  return compiled.flatMap(({ node, secrets }) =>
    secrets.flatMap(({ field, name }): GraphProblem[] => {
      const secret = known.get(name)
      if (secret === undefined) {
        return [
          {
            nodeId: node.id,
            field,
            code: 'missing_secret',
            message: `there is no secret ${name}`,
            mend: `store it with PUT /api/secrets/${name}, or on the page Secrets`,
          },
        ]
      }
      if (node.kind !== 'http' || secret.hosts.length > 0 || hasLiteralHost(node)) return []
      return [
        {
          nodeId: node.id,
          field,
          code: 'secret_host_unknown',
          message: `data decides which host the secret ${name} would be sent to`,
          mend: `write the host into the URL, or name the hosts that ${name} may go to`,
        },
      ]
    }),
  )
}

const hasLiteralHost = ({ config }: Node): boolean => /^https?:\/\/[^/?#{\s]+(?:[/?#]|$)/i.test(String(config['url']))

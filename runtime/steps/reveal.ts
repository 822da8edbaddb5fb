import type { LinkHandle } from '../../schemas/execution-events.ts'
import { type Handle, nameOf } from './injection.ts'
import { failForNow, type Refusal, refuse } from './refusal.ts'
import { SecretsUnavailable } from './secrets-unavailable.ts'
import type { MakeLink, OpenSecrets } from './step-runner.ts'

/** What a handle stands for, for the length of one request. */
export type Revealed = {
  readonly text: string
  /** The part of the text that gives it its power: it must not come back. */
  readonly hidden: string
  /** Where it may go; without any, to the origin that the node names. */
  readonly hosts: readonly string[]
}

/** By the names of the handles. */
export type AllRevealed = ReadonlyMap<string, Revealed>

export type RevealPorts = { readonly openSecrets: OpenSecrets; readonly makeLink: MakeLink }

/** Opens the secrets and makes the links that a request needs. Codes: `secret_missing`, `secrets_unavailable`, `link_unavailable`. */
export async function reveal(
  { openSecrets, makeLink }: RevealPorts,
  handles: readonly Handle[],
): Promise<{ readonly ok: true; readonly revealed: AllRevealed } | Refusal> {
  const secrets = await openAll(
    openSecrets,
    handles.flatMap((handle) => ('secret' in handle ? [handle.secret] : [])),
  )
  if (!secrets.ok) return secrets
  const links = await makeAll(
    makeLink,
    handles.filter((handle) => 'link' in handle),
  )
  if (!links.ok) return links
  return { ok: true, revealed: new Map([...secrets.revealed, ...links.revealed]) }
}

type Part = { readonly ok: true; readonly revealed: AllRevealed } | Refusal

async function openAll(openSecrets: OpenSecrets, names: readonly string[]): Promise<Part> {
  if (names.length === 0) return { ok: true, revealed: new Map() }
  try {
    const secrets = await openSecrets(names)
    const missing = names.filter((name) => !secrets.has(name))
    if (missing.length > 0) {
      return refuse('secret_missing', `The secret ${missing.join(', ')} does not exist. Add it on the secrets page.`)
    }
    const revealed = [...secrets].map(
      ([secret, { value, hosts }]) => [nameOf({ secret }), { text: value, hidden: value, hosts }] as const,
    )
    return { ok: true, revealed: new Map(revealed) }
  } catch (error) {
    if (error instanceof SecretsUnavailable) return failForNow('secrets_unavailable', error.message)
    return failForNow('secrets_unavailable', 'The secrets could not be opened.')
  }
}

async function makeAll(makeLink: MakeLink, handles: readonly LinkHandle[]): Promise<Part> {
  const revealed = new Map<string, Revealed>()
  for (const handle of handles) {
    const link = await makeLink(handle)
    if (!link.ok) return failForNow('link_unavailable', link.message)
    revealed.set(nameOf(handle), { text: link.url, hidden: link.signature, hosts: [] })
  }
  return { ok: true, revealed }
}

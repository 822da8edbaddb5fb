import { PutSecret, type SecretItem, SecretName } from '../../schemas/api/secrets.ts'

/** What stands in the fields of the form. Hosts are separated by line breaks, blanks or commas. */
export type SecretDraft = { readonly name: string; readonly value: string; readonly hosts: string }

/** The body to send, or null with what is wrong. An empty field is not wrong yet, only not ready. */
export type ReadSecret = {
  readonly body: PutSecret | null
  readonly nameProblem: string | null
  readonly hostProblem: string | null
}

/** The form to begin with: empty, or the name and hosts of the secret to replace. Its value is not known here. */
export const draftOf = (item: Pick<SecretItem, 'name' | 'hosts'> | null): SecretDraft =>
  item === null ? { name: '', value: '', hosts: '' } : { name: item.name, value: '', hosts: item.hosts.join('\n') }

export function readSecret(draft: SecretDraft): ReadSecret {
  const name = SecretName.safeParse(draft.name)
  const hosts = draft.hosts.split(/[\s,]+/).filter((host) => host !== '')
  const body = PutSecret.safeParse({ value: draft.value, hosts })
  const hostIssue = body.success ? undefined : body.error.issues.find((issue) => issue.path[0] === 'hosts')
  const badHost = hosts[Number(hostIssue?.path[1])]
  return {
    body: body.success && name.success ? body.data : null,
    nameProblem:
      name.success || draft.name === '' ? null : `The name ${name.error.issues[0]?.message ?? 'is not valid'}.`,
    hostProblem: hostIssue === undefined ? null : `${badHost ?? 'The list'}: ${hostIssue.message}.`,
  }
}

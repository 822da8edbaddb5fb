import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ChangeEvent, type FormEvent, useState } from 'react'
import type { PutSecret, SecretItem } from '../../schemas/api/secrets.ts'
import { deleteSecret, putSecret, secretsQuery } from '../api/secrets.ts'
import { draftOf, type ReadSecret, readSecret, type SecretDraft } from '../model/secret-draft.ts'
import { Confirm } from '../parts/confirm.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Empty, ErrorCard, LoadingRows } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Ago } from '../parts/time.tsx'

/** Secrets go in and never come out: names, hosts and times are all there is to see. */
export function SecretsPage() {
  const secrets = useQuery(secretsQuery)
  const [replaced, setReplaced] = useState<SecretItem | null>(null)
  return (
    <main className="content">
      <PageHead title="Secrets">
        A value can be set and replaced, and is never shown again. Steps use it as {'{{ secrets.name }}'}.
      </PageHead>
      <div className="secrets">
        <div>
          {secrets.data === undefined && secrets.error !== null ? (
            <ErrorCard error={secrets.error} onRetry={() => void secrets.refetch()} />
          ) : null}
          {secrets.data === undefined && secrets.error === null ? (
            <LoadingRows rows={4} label="Loading secrets" />
          ) : null}
          {secrets.data?.length === 0 ? (
            <Empty title="No secret yet">Add one when a step needs a token, or a webhook a signing key.</Empty>
          ) : null}
          {secrets.data !== undefined && secrets.data.length > 0 ? (
            <SecretTable items={secrets.data} onReplace={setReplaced} />
          ) : null}
        </div>
        <SecretForm key={replaced?.name ?? 'new'} replaced={replaced} onDone={() => setReplaced(null)} />
      </div>
    </main>
  )
}

function SecretTable({
  items,
  onReplace,
}: {
  readonly items: readonly SecretItem[]
  readonly onReplace: (item: SecretItem) => void
}) {
  const [leaving, setLeaving] = useState<SecretItem | null>(null)
  const queryClient = useQueryClient()
  const removal = useMutation({
    mutationFn: (name: string) => deleteSecret(name),
    onSuccess: async () => {
      setLeaving(null)
      await queryClient.invalidateQueries({ queryKey: secretsQuery.queryKey })
    },
  })
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Sent only to</th>
            <th scope="col">Set</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.name}>
              <td className="cell-main">
                <code>{item.name}</code> <CopyButton text={`{{ secrets.${item.name} }}`} what="the reference" />{' '}
                <span className="faint-text tabular">v{item.version}</span>
              </td>
              <td data-label="Sent only to">
                {item.hosts.length === 0 ? (
                  <span className="faint-text">the host its step names</span>
                ) : (
                  item.hosts.map((host) => <code key={host}>{host} </code>)
                )}
              </td>
              <td data-label="Set">
                <Ago at={item.updatedAt} />
              </td>
              <td className="cell-actions">
                <button type="button" className="button button-small" onClick={() => onReplace(item)}>
                  Replace<span className="visually-hidden"> {item.name}</span>
                </button>
                <button type="button" className="button button-small button-quiet" onClick={() => setLeaving(item)}>
                  Delete<span className="visually-hidden"> {item.name}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {leaving === null ? null : (
        <Confirm
          title={`Delete ${leaving.name}?`}
          confirm="Delete the secret"
          keep="Keep it"
          isBusy={removal.isPending}
          onConfirm={() => removal.mutate(leaving.name)}
          onClose={() => setLeaving(null)}
        >
          <p>
            Steps that use it fail from the next attempt on, and webhooks verified with it refuse every request. The
            value cannot be brought back.
          </p>
          {removal.error === null ? null : <ErrorCard error={removal.error} />}
        </Confirm>
      )}
    </div>
  )
}

function SecretForm({ replaced, onDone }: { readonly replaced: SecretItem | null; readonly onDone: () => void }) {
  const queryClient = useQueryClient()
  const [draft, setDraft] = useState<SecretDraft>(() => draftOf(replaced))
  const secret = readSecret(draft)
  const save = useMutation({
    mutationFn: (body: PutSecret) => putSecret(draft.name, body),
    onSuccess: async () => {
      setDraft(draftOf(replaced))
      await queryClient.invalidateQueries({ queryKey: secretsQuery.queryKey })
      onDone()
    },
  })
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    if (secret.body !== null) save.mutate(secret.body)
  }
  return (
    <section className="panel" aria-labelledby="secret-form-title">
      <h2 id="secret-form-title">{replaced === null ? 'Add a secret' : `Replace ${replaced.name}`}</h2>
      <form onSubmit={onSubmit} autoComplete="off">
        <SecretFields draft={draft} secret={secret} isNameFixed={replaced !== null} onChange={setDraft} />
        <div className="row">
          <button type="submit" className="button button-primary" disabled={secret.body === null || save.isPending}>
            {save.isPending ? 'Saving…' : replaced === null ? 'Add' : 'Replace'}
          </button>
          {replaced === null ? null : (
            <button type="button" className="button button-quiet" onClick={onDone}>
              Leave it
            </button>
          )}
        </div>
      </form>
      {save.error === null ? null : <ErrorCard error={save.error} />}
    </section>
  )
}

type FieldsProps = {
  readonly draft: SecretDraft
  readonly secret: ReadSecret
  readonly isNameFixed: boolean
  readonly onChange: (draft: SecretDraft) => void
}

function SecretFields({ draft, secret, isNameFixed, onChange }: FieldsProps) {
  const set = (field: keyof SecretDraft) => (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
    onChange({ ...draft, [field]: event.target.value })
  return (
    <>
      <label className="field">
        <span>Name</span>
        <input
          value={draft.name}
          onChange={set('name')}
          readOnly={isNameFixed}
          placeholder="for example chat_token"
          required
          aria-invalid={secret.nameProblem !== null}
          spellCheck={false}
        />
      </label>
      {secret.nameProblem === null ? null : <p className="field-error">{secret.nameProblem}</p>}
      <label className="field">
        <span>Value</span>
        <input type="password" autoComplete="new-password" value={draft.value} onChange={set('value')} required />
      </label>
      <label className="field">
        <span>Hosts it may be sent to</span>
        <textarea
          rows={2}
          value={draft.hosts}
          onChange={set('hosts')}
          placeholder="for example api.example.com"
          spellCheck={false}
          aria-invalid={secret.hostProblem !== null}
        />
      </label>
      <p className={secret.hostProblem === null ? 'faint-text' : 'field-error'}>
        {secret.hostProblem ?? 'One a line. Left empty, it goes only to the host that the step names in its URL.'}
      </p>
    </>
  )
}

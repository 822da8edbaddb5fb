import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { isProblem } from '../api/problem-error.ts'
import { signIn } from '../api/session.ts'
import { Mark } from '../parts/mark.tsx'
import { ErrorCard } from '../parts/notices.tsx'
import { sessionKey } from '../query-client.ts'
import { safeNext } from '../sign-in-token.ts'

/** Signs in with the token of the link, or with one typed in. */
export function SignInPage() {
  const { token: linkToken } = useRouteContext({ from: '__root__' })
  const { next } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [token, setToken] = useState('')
  const entry = useMutation({
    mutationFn: signIn,
    meta: { signsIn: true },
    onSuccess: () => {
      queryClient.setQueryData(sessionKey, true)
      return navigate({ href: safeNext(next), replace: true })
    },
  })
  const { mutate } = entry
  useEffect(() => {
    document.title = 'Sign in · Stepwell'
    if (linkToken !== null) mutate(linkToken)
  }, [linkToken, mutate])

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    if (token.trim() !== '') entry.mutate(token.trim())
  }
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <p className="sign-in-brand">
          <Mark size={36} /> Stepwell
        </p>
        <h1>Sign in</h1>
        <p className="page-sub">
          The first start printed a link that signs you in, and the admin token in it. Paste the token here if you have
          lost the link.
        </p>
        <form onSubmit={onSubmit}>
          <label className="field">
            <span>Admin token</span>
            <input
              type="password"
              name="token"
              autoComplete="current-password"
              value={token}
              onChange={(event) => setToken(event.target.value)}
              required
            />
          </label>
          <button type="submit" className="button button-primary" disabled={entry.isPending}>
            {entry.isPending ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
        <SignInError error={entry.error} />
      </div>
    </main>
  )
}

function SignInError({ error }: { readonly error: unknown }) {
  if (error === null) return null
  if (!isProblem(error, 401)) return <ErrorCard error={error} />
  return (
    <div className="error-card" role="alert">
      <h2>This token is not the right one</h2>
      <p>Copy it again from the output of the start command, or from ADMIN_TOKEN if you set it.</p>
    </div>
  )
}

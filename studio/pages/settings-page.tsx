import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { signOut } from '../api/session.ts'
import { ErrorCard } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { chooseTheme, type Theme, useTheme } from '../theme.ts'

const themes: readonly { readonly theme: Theme; readonly label: string }[] = [
  { theme: 'system', label: 'Like the computer' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
]

export function SettingsPage() {
  const { theme } = useTheme()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const exit = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await navigate({ to: '/sign-in' })
      queryClient.clear()
    },
  })
  return (
    <main className="content content-narrow">
      <PageHead title="Settings">These hold for this browser only.</PageHead>
      <section className="panel">
        <h2>Appearance</h2>
        <fieldset className="choices">
          <legend className="visually-hidden">Theme</legend>
          {themes.map((choice) => (
            <label key={choice.theme} className="choice">
              <input
                type="radio"
                name="theme"
                checked={theme === choice.theme}
                onChange={() => chooseTheme(choice.theme)}
              />
              <span>{choice.label}</span>
            </label>
          ))}
        </fieldset>
      </section>
      <section className="panel">
        <h2>Session</h2>
        <p>Signing out ends the session of this browser. Executions go on.</p>
        <button type="button" className="button" onClick={() => exit.mutate()} disabled={exit.isPending}>
          Sign out
        </button>
        {exit.error === null ? null : <ErrorCard error={exit.error} />}
      </section>
    </main>
  )
}

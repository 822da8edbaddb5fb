import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { errorWords } from '../api/problem-error.ts'
import { CopyButton } from './copy-button.tsx'

/** Nothing here yet, and what to do about it. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className="empty">
      <svg className="empty-stairs" viewBox="0 0 120 58" aria-hidden>
        <path d="M2 2h16v10h14v10h14v10h28V22h14V12h14V2h16" />
        <path className="empty-water" d="M40 42h40M47 49h26M54 56h12" />
      </svg>
      <h2>{title}</h2>
      {children === undefined ? null : <div className="empty-text">{children}</div>}
      {action}
    </div>
  )
}

/** What went wrong, what to do, and a way to try again. */
export function ErrorCard({
  error,
  onRetry,
  children,
}: {
  readonly error: unknown
  readonly onRetry?: () => void
  readonly children?: ReactNode
}) {
  const words = errorWords(error)
  return (
    <div className="error-card" role="alert">
      <h2>{words.title}</h2>
      <p>{words.detail}</p>
      <div className="row">
        {onRetry === undefined ? null : (
          <button type="button" className="button button-small" onClick={onRetry}>
            <RotateCw size={14} aria-hidden /> Try again
          </button>
        )}
        {children}
        {words.code === null ? null : (
          <span className="error-code">
            <code>{words.code}</code>
            <CopyButton text={words.code} what="the error code" />
          </span>
        )}
      </div>
    </div>
  )
}

/** The outline of rows that are on their way: the page keeps its shape. */
export function LoadingRows({ rows = 6, label = 'Loading' }: { readonly rows?: number; readonly label?: string }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the placeholders have no identity and never change their order
        <div key={index} className="loading-row" aria-hidden />
      ))}
    </div>
  )
}

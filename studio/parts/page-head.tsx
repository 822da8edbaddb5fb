import { type ReactNode, useEffect } from 'react'

/** Title of a page, in the document's title too. */
export function PageHead({
  title,
  children,
  aside,
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly aside?: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Stepwell`
  }, [title])
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        {children === undefined ? null : <p className="page-sub">{children}</p>}
      </div>
      {aside === undefined ? null : <div className="row">{aside}</div>}
    </header>
  )
}

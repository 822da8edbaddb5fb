import type { ReactNode } from 'react'
import type { Look, Shape } from '../model/looks.ts'

/** A status as a shape, in its tone. The label is beside it, or read out where there is no room. */
export function StatusMark({
  look,
  withLabel = true,
  size = 16,
}: {
  readonly look: Look
  readonly withLabel?: boolean
  readonly size?: number
}) {
  return (
    <span className={`status tone-${look.tone}`}>
      <svg width={size} height={size} viewBox="0 0 16 16" className={`glyph glyph-${look.shape}`} aria-hidden>
        {glyphs[look.shape]}
      </svg>
      <span className={withLabel ? 'status-label' : 'visually-hidden'}>{look.label}</span>
    </span>
  )
}

const glyphs: Record<Shape, ReactNode> = {
  dot: <circle cx="8" cy="8" r="4" className="fill" />,
  ring: <circle cx="8" cy="8" r="5.5" className="stroke" strokeDasharray="2.2 2.2" />,
  dash: (
    <>
      <circle cx="8" cy="8" r="6" className="stroke" />
      <path d="M5.2 8h5.6" className="stroke" />
    </>
  ),
  check: (
    <>
      <circle cx="8" cy="8" r="7" className="fill" />
      <path d="M4.9 8.2l2.1 2.1 4.1-4.4" className="knock" />
    </>
  ),
  cross: (
    <>
      <path d="M8 .6L15.4 8 8 15.4.6 8z" className="fill" />
      <path d="M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2" className="knock" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="6.2" className="stroke" />
      <path d="M8 4.6V8l2.3 1.6" className="stroke" />
    </>
  ),
  pause: (
    <>
      <circle cx="8" cy="8" r="7" className="fill" />
      <path d="M6.3 5.4v5.2M9.7 5.4v5.2" className="knock" />
    </>
  ),
  stop: (
    <>
      <rect x="1.6" y="1.6" width="12.8" height="12.8" rx="2" className="fill" />
      <path d="M5.2 8h5.6" className="knock" />
    </>
  ),
  spinner: (
    <>
      <circle cx="8" cy="8" r="6" className="stroke faint" />
      <path d="M8 2a6 6 0 0 1 6 6" className="stroke turning" />
    </>
  ),
  alert: (
    <>
      <path d="M8 1.2l7 13H1z" className="fill" strokeLinejoin="round" />
      <path d="M8 5.8v4M8 12v.2" className="knock" />
    </>
  ),
  retry: (
    <>
      <path d="M13.6 8.4A5.7 5.7 0 1 1 11.9 4" className="stroke" />
      <path d="M12.4 1.4v3h-3" className="stroke" />
    </>
  ),
}

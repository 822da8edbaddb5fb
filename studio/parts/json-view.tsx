import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import {
  entriesOf,
  formatBytes,
  jsonBytes,
  plainText,
  shapeOf,
  shownCharacters,
  shownEntries,
  summaryOf,
} from '../model/json-tree.ts'
import { CopyButton } from './copy-button.tsx'

/** A JSON value to read: folds, shortens what is long, copies. Everything is text; nothing in the data can become markup. */
export function JsonView({
  value,
  name,
  open = 2,
}: {
  readonly value: unknown
  readonly name: string
  readonly open?: number
}) {
  return (
    <section className="json" aria-label={name}>
      <header className="json-head">
        <h3>{name}</h3>
        <span className="json-size">{formatBytes(jsonBytes(value))}</span>
        <CopyButton text={() => JSON.stringify(value, null, 2)} what={`${name} as JSON`} />
      </header>
      <div className="json-body">
        <JsonNode label={null} value={value} open={open} />
      </div>
    </section>
  )
}

function JsonNode({
  label,
  value,
  open,
}: {
  readonly label: string | null
  readonly value: unknown
  readonly open: number
}) {
  const shape = shapeOf(value)
  if (shape !== 'object' && shape !== 'array') {
    return (
      <div className="json-line">
        <Label label={label} />
        {shape === 'string' ? (
          <LongText text={plainText(value)} />
        ) : (
          <span className={`json-${shape}`}>{plainText(value)}</span>
        )}
      </div>
    )
  }
  return <JsonBranch label={label} value={value} open={open} isArray={shape === 'array'} />
}

function JsonBranch({
  label,
  value,
  open,
  isArray,
}: {
  readonly label: string | null
  readonly value: unknown
  readonly open: number
  readonly isArray: boolean
}) {
  const entries = entriesOf(value)
  const [isOpen, setOpen] = useState(open > 0 && entries.length > 0)
  const [shown, setShown] = useState(shownEntries)
  if (entries.length === 0) {
    return (
      <div className="json-line">
        <Label label={label} />
        <span className="json-summary">{summaryOf(value)}</span>
      </div>
    )
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
    event.preventDefault()
    event.stopPropagation()
    setOpen(event.key === 'ArrowRight')
  }
  return (
    <div className="json-branch">
      <button
        type="button"
        className="json-line json-toggle"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={onKeyDown}
      >
        <ChevronRight size={12} aria-hidden className="json-chevron" />
        <Label label={label} />
        <span className="json-summary">{isOpen ? (isArray ? '[' : '{') : summaryOf(value)}</span>
      </button>
      {isOpen ? (
        <div className="json-children">
          {entries.slice(0, shown).map(([key, item]) => (
            <JsonNode key={key} label={key} value={item} open={open - 1} />
          ))}
          {entries.length > shown ? (
            <button type="button" className="link-button" onClick={() => setShown(shown + 500)}>
              Show {Math.min(500, entries.length - shown)} more of {entries.length}
            </button>
          ) : null}
        </div>
      ) : null}
      {isOpen ? <div className="json-line json-summary">{isArray ? ']' : '}'}</div> : null}
    </div>
  )
}

function Label({ label }: { readonly label: string | null }) {
  return label === null ? null : (
    <>
      <span className="json-key">{label}</span>
      <span className="json-colon">: </span>
    </>
  )
}

function LongText({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false)
  if (text.length <= shownCharacters || isWhole) return <span className="json-string">{text}</span>
  return (
    <span className="json-string">
      {text.slice(0, shownCharacters)}…{' '}
      <button type="button" className="link-button" onClick={() => setWhole(true)}>
        Show all {text.length} characters
      </button>
    </span>
  )
}

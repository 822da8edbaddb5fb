import { useId } from 'react'
import { readInput } from '../model/read-input.ts'

type JsonFieldProps = {
  readonly label: string
  readonly text: string
  readonly onChange: (text: string) => void
}

/** JSON that a person types, and what is wrong with it while it is wrong. */
export function JsonField({ label, text, onChange }: JsonFieldProps) {
  const id = useId()
  const read = readInput(text)
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="code-input"
        rows={4}
        spellCheck={false}
        value={text}
        aria-invalid={!read.ok}
        aria-describedby={read.ok ? undefined : `${id}-error`}
        onChange={(change) => onChange(change.target.value)}
      />
      {read.ok ? null : (
        <span id={`${id}-error`} className="field-error">
          {read.message}
        </span>
      )}
    </div>
  )
}

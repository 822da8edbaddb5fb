import { useId } from 'react'
import type { FormField, FormTexts } from '../../../model/form-fields.ts'
import { JsonField } from '../../../parts/json-field.tsx'

type ControlsProps = {
  readonly fields: readonly FormField[]
  readonly texts: FormTexts
  readonly problems: Readonly<Record<string, string>>
  readonly onChange: (texts: FormTexts) => void
}

/** The fields of a form, each with the control that its schema asks for. */
export function FormControls({ fields, texts, problems, onChange }: ControlsProps) {
  return fields.map((field) => (
    <Control
      key={field.name}
      field={field}
      text={texts[field.name] ?? field.initial}
      problem={problems[field.name]}
      onChange={(text) => onChange({ ...texts, [field.name]: text })}
    />
  ))
}

type ControlProps = {
  readonly field: FormField
  readonly text: string
  readonly problem: string | undefined
  readonly onChange: (text: string) => void
}

function Control({ field, text, problem, onChange }: ControlProps) {
  const id = useId()
  const label = `${field.label}${field.isRequired ? '' : ' (may be left out)'}`
  if (field.control === 'boolean') {
    return (
      <label className="choice">
        <input
          type="checkbox"
          checked={text === 'true'}
          onChange={(change) => onChange(String(change.target.checked))}
        />
        <span>{field.label}</span>
      </label>
    )
  }
  if (field.control === 'json') return <JsonField label={`${label}, as JSON`} text={text} onChange={onChange} />
  const shared = {
    id,
    value: text,
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem === undefined && field.help === null ? undefined : `${id}-note`,
    onChange: (change: { readonly target: { readonly value: string } }) => onChange(change.target.value),
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {field.control === 'choice' ? (
        <select {...shared}>
          <option value="">Choose…</option>
          {field.choices.map((choice) => (
            <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
              {typeof choice === 'string' ? choice : JSON.stringify(choice)}
            </option>
          ))}
        </select>
      ) : (
        <input {...shared} inputMode={field.control === 'number' ? 'decimal' : 'text'} />
      )}
      {problem !== undefined || field.help !== null ? (
        <span id={`${id}-note`} className={problem === undefined ? 'faint-text' : 'field-error'}>
          {problem ?? field.help}
        </span>
      ) : null}
    </div>
  )
}

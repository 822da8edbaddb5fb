import { useId, useState } from 'react'
import { openSignals, signalConsequence } from '../../../model/actions.ts'
import { readInput } from '../../../model/read-input.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { JsonField } from '../../../parts/json-field.tsx'
import { ErrorCard } from '../../../parts/notices.tsx'
import type { DialogProps } from './action-bar.tsx'
import { useCommand } from './commands.ts'

/** Sends a signal. The names that steps wait for are suggested. */
export function SignalDialog({ started, onClose }: DialogProps) {
  const send = useCommand(onClose)
  const suggestions = [...openSignals(started).keys()]
  const [name, setName] = useState(suggestions[0] ?? '')
  const [text, setText] = useState('')
  const names = useId()
  const data = readInput(text)
  return (
    <Confirm
      title="Send a signal"
      confirm="Send"
      keep="Send nothing"
      tone="primary"
      isBusy={send.isPending}
      canConfirm={name.trim() !== '' && data.ok}
      onConfirm={() => {
        if (data.ok) send.mutate({ name: 'signal', body: { name: name.trim(), data: data.value } })
      }}
      onClose={onClose}
    >
      <label className="field">
        <span>Name</span>
        <input value={name} list={names} onChange={(change) => setName(change.target.value)} />
      </label>
      <datalist id={names}>
        {suggestions.map((suggestion) => (
          <option key={suggestion} value={suggestion} />
        ))}
      </datalist>
      <JsonField label="Data, as JSON" text={text} onChange={setText} />
      <p>{signalConsequence(name.trim(), started)}</p>
      {send.error === null ? null : <ErrorCard error={send.error} />}
    </Confirm>
  )
}

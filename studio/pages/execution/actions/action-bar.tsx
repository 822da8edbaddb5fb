import { type ComponentType, useId, useState } from 'react'
import type { Started } from '../../../../runtime/engine/index.ts'
import { useExecution } from '../../../canvas/execution-context.ts'
import { isPast, newestState } from '../../../live/execution-store.ts'
import { type ActionName, actionsFor, availability } from '../../../model/actions.ts'
import { startedOf } from '../../../model/execution-log.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import { PauseDialog, ResumeDialog, RetryDialog } from './control-dialogs.tsx'
import { SignalDialog } from './signal-dialog.tsx'

export type DialogProps = { readonly started: Started; readonly onClose: () => void }

const actions = {
  signal: { label: 'Signal', Dialog: SignalDialog },
  pause: { label: 'Pause', Dialog: PauseDialog },
  resume: { label: 'Resume', Dialog: ResumeDialog },
  retry: { label: 'Retry', Dialog: RetryDialog },
  cancel: { label: 'Cancel', Dialog: CancelDialog },
} as const satisfies Record<ActionName, { readonly label: string; readonly Dialog: ComponentType<DialogProps> }>

/** What can be done to the execution now. Each says first what it will mean; what cannot be done says why not. */
export function ActionBar() {
  const started = useExecution((open) => startedOf(newestState(open)))
  const log = useExecution((open) => open.log)
  const past = useExecution(isPast)
  const [asked, setAsked] = useState<ActionName | null>(null)
  if (started === null) return null
  const offered = actionsFor(started)
  const Dialog = asked === null || !offered.includes(asked) ? null : actions[asked].Dialog
  return (
    <div className="actions">
      {offered.map((name) => {
        const possible = availability(name, started, log)
        const why = past ? 'This is the past: go back to now first.' : possible.can ? null : possible.why
        return <ActionButton key={name} label={actions[name].label} why={why} onClick={() => setAsked(name)} />
      })}
      {Dialog === null ? null : <Dialog started={started} onClose={() => setAsked(null)} />}
    </div>
  )
}

type ButtonProps = { readonly label: string; readonly why: string | null; readonly onClick: () => void }

/** A button that cannot act stays within reach of the Tab key, so that its reason can be read. */
function ActionButton({ label, why, onClick }: ButtonProps) {
  const id = useId()
  return (
    <>
      <button
        type="button"
        className="button button-small"
        aria-disabled={why !== null}
        aria-describedby={why === null ? undefined : id}
        title={why ?? undefined}
        onClick={() => {
          if (why === null) onClick()
        }}
      >
        {label}
      </button>
      {why === null ? null : (
        <span id={id} className="visually-hidden">
          {why}
        </span>
      )}
    </>
  )
}

import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react'

type ConfirmProps = {
  readonly title: string
  readonly children: ReactNode
  readonly confirm: string
  readonly keep: string
  readonly isBusy: boolean
  /** What takes something away is confirmed by a button that says so by its colour, too. */
  readonly tone?: 'danger' | 'primary'
  readonly canConfirm?: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** A question that says what will happen before it does. The native dialog keeps the focus and closes on Escape. */
export function Confirm(props: ConfirmProps) {
  const { tone = 'danger', canConfirm = true } = props
  const title = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  // In development React mounts twice, and hears of the first closing when the dialog is open again.
  const onClose = (): void => {
    if (dialog.current?.open !== true) props.onClose()
  }
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    if (canConfirm && !props.isBusy) props.onConfirm()
  }
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={title} onCancel={props.onClose} onClose={onClose}>
      <form onSubmit={onSubmit} noValidate>
        <h2 id={title}>{props.title}</h2>
        <div className="dialog-text">{props.children}</div>
        <div className="row row-end">
          <button type="button" className="button" onClick={props.onClose}>
            {props.keep}
          </button>
          <button type="submit" className={`button button-${tone}`} disabled={props.isBusy || !canConfirm}>
            {props.confirm}
          </button>
        </div>
      </form>
    </dialog>
  )
}

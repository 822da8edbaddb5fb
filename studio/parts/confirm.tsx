import { type ReactNode, useEffect, useRef } from 'react'

/** A question that says what will happen before it does. The native dialog keeps the focus and closes on Escape. */
export function Confirm(props: {
  readonly title: string
  readonly children: ReactNode
  readonly confirm: string
  readonly keep: string
  readonly isBusy: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="dialog-title"
      onCancel={props.onClose}
      onClose={props.onClose}
    >
      <h2 id="dialog-title">{props.title}</h2>
      <div className="dialog-text">{props.children}</div>
      <div className="row row-end">
        <button type="button" className="button" onClick={props.onClose}>
          {props.keep}
        </button>
        <button type="button" className="button button-danger" onClick={props.onConfirm} disabled={props.isBusy}>
          {props.confirm}
        </button>
      </div>
    </dialog>
  )
}

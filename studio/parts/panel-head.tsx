import '../styles/step-panel.css'

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from './icon-button.tsx'
import { KindIcon } from './kind-icon.tsx'

type HeadProps = {
  readonly kind: string
  readonly title: string
  readonly close: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** What a panel beside a graph is about, and the way to close it. */
export function PanelHead({ kind, title, close, onClose, children }: HeadProps) {
  return (
    <header className="step-panel-head">
      <KindIcon kind={kind} size={18} />
      <div>
        <h2>{title}</h2>
        <p className="faint-text">{children}</p>
      </div>
      <IconButton icon={X} label={close} onClick={onClose} />
    </header>
  )
}

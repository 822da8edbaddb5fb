import type { LucideIcon } from 'lucide-react'

type IconButtonProps = {
  readonly icon: LucideIcon
  /** What is read out, and said on hover unless `title` says it shorter. */
  readonly label: string
  readonly title?: string
  readonly size?: number
  readonly isOff?: boolean
  readonly className?: string
  readonly onClick: () => void
}

export function IconButton(props: IconButtonProps) {
  const { icon: Icon, label, title = label, size = 16, isOff = false, className = '', onClick } = props
  return (
    <button
      type="button"
      className={`icon-button ${className}`.trim()}
      aria-label={label}
      title={title}
      disabled={isOff}
      onClick={onClick}
    >
      <Icon size={size} aria-hidden />
    </button>
  )
}

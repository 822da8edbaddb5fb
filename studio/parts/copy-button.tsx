import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'

/** Copies with one click and says so. `what` completes “Copy …” for those who hear the page. */
export function CopyButton({
  text,
  what,
  label,
}: {
  readonly text: string | (() => string)
  readonly what: string
  readonly label?: string
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = window.setTimeout(() => setState('idle'), 1600)
    return () => window.clearTimeout(timer)
  }, [state])
  const copy = async (): Promise<void> => {
    const copied = await writeClipboard(typeof text === 'function' ? text() : text)
    setState(copied ? 'copied' : 'refused')
  }
  const Icon = state === 'copied' ? Check : Copy
  const spoken = { idle: `Copy ${what}`, copied: `Copied ${what}`, refused: 'The browser refused to copy' }[state]
  return (
    <button
      type="button"
      className={label === undefined ? 'icon-button' : 'button button-small'}
      onClick={() => void copy()}
      title={spoken}
      aria-label={spoken}
    >
      <Icon size={14} strokeWidth={1.9} aria-hidden />
      {label === undefined ? null : <span>{state === 'idle' ? label : state === 'copied' ? 'Copied' : 'Refused'}</span>}
    </button>
  )
}

async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Over plain http on another host the clipboard API is absent or refused; a selection still copies.
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'visually-hidden'
  document.body.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  return copied
}

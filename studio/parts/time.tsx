import { useEffect, useState } from 'react'
import { formatAgo, formatClock, formatDuration, formatLocal, formatUtc } from '../model/instants.ts'

/** The current time, again and again. */
export function useNow(everyMs: number, isTicking = true): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isTicking) return
    setNow(Date.now())
    const timer = window.setInterval(() => setNow(Date.now()), everyMs)
    return () => window.clearInterval(timer)
  }, [everyMs, isTicking])
  return now
}

const stamp = (at: number): string => `${formatLocal(at)} here\n${formatUtc(at)}`

/** How long ago, with the instant here and in UTC on hover. */
export function Ago({ at }: { readonly at: number }) {
  const now = useNow(1000)
  return (
    <time dateTime={new Date(at).toISOString()} title={stamp(at)}>
      {formatAgo(at, now)}
    </time>
  )
}

/** Local wall time to the millisecond. */
export function Clock({ at }: { readonly at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={stamp(at)} className="mono">
      {formatClock(at)}
    </time>
  )
}

/** Local date and time. */
export function Instant({ at }: { readonly at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={stamp(at)}>
      {formatLocal(at)}
    </time>
  )
}

/** A duration that grows while it has no end. */
export function Elapsed({ from, to }: { readonly from: number; readonly to: number | undefined }) {
  const now = useNow(200, to === undefined)
  return <span className="tabular">{formatDuration((to ?? Math.max(now, from)) - from)}</span>
}

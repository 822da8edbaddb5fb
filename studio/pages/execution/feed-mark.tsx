import { useExecution } from '../../canvas/execution-context.ts'
import type { FeedStatus } from '../../live/execution-feed.ts'

const words: Record<FeedStatus, string> = {
  loading: 'Loading',
  live: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  ended: 'Complete',
  refused: 'Refused',
}

/** How fresh the page is. While the connection is lost, one click tries at once. */
export function FeedMark({ onRetry }: { readonly onRetry: () => void }) {
  const feed = useExecution((open) => open.feed)
  const isLost = feed === 'reconnecting' || feed === 'offline'
  return (
    <span className={`feed feed-${feed}`} role="status">
      <span className="connection-dot" aria-hidden />
      {words[feed]}
      {isLost ? (
        <button type="button" className="link-button" onClick={onRetry}>
          try now
        </button>
      ) : null}
    </span>
  )
}

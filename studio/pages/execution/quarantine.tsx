import { useQuery } from '@tanstack/react-query'
import { executionQuery } from '../../api/one-execution.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { newestState } from '../../live/execution-store.ts'
import { hasEnded, lastPosition } from '../../model/execution-log.ts'
import { ended } from '../../model/words.ts'

/** Why nothing happens any more to an execution whose log does not verify; null otherwise. No event says it, only its own object does. */
export function useQuarantine(executionId: string): string | null {
  const mayBe = useExecution((open) => open.isWhole && open.feed === 'live' && !hasEnded(newestState(open)))
  const { data } = useQuery({ ...executionQuery(executionId), enabled: mayBe })
  return data?.status === 'quarantined' ? (data.error?.message ?? 'its log cannot be read') : null
}

export function QuarantineCard({ reason }: { readonly reason: string }) {
  const last = useExecution((open) => lastPosition(open.log))
  return (
    <div className="failure" role="alert">
      <p className="failure-message">
        <strong>Quarantined: </strong>
        {ended(reason)}
      </p>
      <p>
        Nothing happens to this execution, so that nothing happens twice.{' '}
        {last === 0
          ? 'None of its log can be shown.'
          : `What is shown ends with event ${last}, the last that is sound.`}{' '}
        Its log is read again within the hour and when the server starts, and it goes on if it can.
      </p>
    </div>
  )
}

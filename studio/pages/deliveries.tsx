import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { Delivery } from '../../schemas/api/workflows.ts'
import { deliveriesQuery, olderDeliveries } from '../api/hooks.ts'
import { formatBytes } from '../model/json-tree.ts'
import { deliveryLooks } from '../model/looks.ts'
import { readInput } from '../model/read-input.ts'
import { JsonView } from '../parts/json-view.tsx'
import { ErrorCard, LoadingRows } from '../parts/notices.tsx'
import { StatusMark } from '../parts/status-mark.tsx'
import { Ago } from '../parts/time.tsx'

type DeliveriesProps = {
  readonly hookId: string
  readonly open: string | null
  readonly onOpen: (id: string | null) => void
}

export function Deliveries({ hookId, open, onOpen }: DeliveriesProps) {
  const newest = useQuery(deliveriesQuery(hookId))
  const [older, setOlder] = useState<{ readonly items: readonly Delivery[]; readonly next: string | undefined } | null>(
    null,
  )
  const more = useMutation({
    mutationFn: (before: string) => olderDeliveries(hookId, before),
    onSuccess: (page) => setOlder((known) => ({ items: [...(known?.items ?? []), ...page.items], next: page.next })),
  })
  if (newest.data === undefined) {
    return newest.error === null ? (
      <LoadingRows label="Loading deliveries" />
    ) : (
      <ErrorCard error={newest.error} onRetry={() => void newest.refetch()} />
    )
  }
  const known = new Set(newest.data.items.map((delivery) => delivery.id))
  const items = [...newest.data.items, ...(older?.items ?? []).filter((delivery) => !known.has(delivery.id))]
  const next = older === null ? newest.data.next : older.next
  if (items.length === 0) {
    return (
      <div className="waiting-panel" role="status">
        <span className="pulse" aria-hidden /> Waiting for the first call. Use the command above; it shows here within
        two seconds.
      </div>
    )
  }
  return (
    <section aria-label="Deliveries">
      <ul className="deliveries">
        {items.map((delivery) => (
          <DeliveryRow
            key={delivery.id}
            delivery={delivery}
            isOpen={delivery.id === open}
            onToggle={() => onOpen(delivery.id === open ? null : delivery.id)}
          />
        ))}
      </ul>
      {more.error === null ? null : <ErrorCard error={more.error} />}
      {next === undefined ? null : (
        <footer className="list-foot">
          <button type="button" className="button" disabled={more.isPending} onClick={() => more.mutate(next)}>
            Older deliveries
          </button>
        </footer>
      )}
    </section>
  )
}

function DeliveryRow({
  delivery,
  isOpen,
  onToggle,
}: {
  readonly delivery: Delivery
  readonly isOpen: boolean
  readonly onToggle: () => void
}) {
  return (
    <li className={`delivery delivery-${delivery.verdict}`}>
      <button type="button" className="delivery-line" aria-expanded={isOpen} onClick={onToggle}>
        <ChevronRight size={13} aria-hidden className="json-chevron" />
        <StatusMark look={deliveryLooks[delivery.verdict]} />
        <span className="mono">{delivery.method}</span>
        <span className="delivery-reason">
          {delivery.reason ?? (delivery.executionId === undefined ? '' : 'started an execution')}
        </span>
        <span className="faint-text tabular">{formatBytes(delivery.bodyBytes)}</span>
        <Ago at={delivery.at} />
      </button>
      {isOpen ? (
        <div className="delivery-detail">
          {delivery.executionId === undefined ? null : (
            <p>
              Started{' '}
              <Link to="/executions/$executionId" params={{ executionId: delivery.executionId }} className="mono">
                {delivery.executionId}
              </Link>
            </p>
          )}
          {delivery.code === undefined ? null : (
            <p>
              Refused with <code>{delivery.code}</code>.
            </p>
          )}
          {delivery.path === '' ? null : (
            <p>
              Path <code>{delivery.path}</code>
            </p>
          )}
          <Body body={delivery.body} bytes={delivery.bodyBytes} />
          <JsonView name="Headers" value={delivery.headers} />
        </div>
      ) : null}
    </li>
  )
}

/** JSON as a tree, other text as it is, and a word about what is no text. */
function Body({ body, bytes }: { readonly body: string | undefined; readonly bytes: number }) {
  if (bytes === 0) return <p className="faint-text">The request had no body.</p>
  if (body === undefined)
    return <p className="faint-text">The body is not text; its {formatBytes(bytes)} are with the execution.</p>
  const read = readInput(body)
  return <JsonView name="Body" value={read.ok ? read.value : body} />
}

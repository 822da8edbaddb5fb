import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { type ExecutionRow, executionsQuery } from '../api/executions.ts'
import { workflowsQuery } from '../api/workflows.ts'
import { type ExecutionFilters, hasFilters } from '../model/execution-filters.ts'
import { heldRows } from '../model/held-rows.ts'
import { Empty, ErrorCard, LoadingRows } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ExecutionFilterBar } from './execution-filter-bar.tsx'
import { ExecutionTable } from './execution-table.tsx'

export function ExecutionsPage() {
  const filters = useSearch({ from: '/app/executions' })
  const navigate = useNavigate({ from: '/executions' })
  const setFilters = (search: ExecutionFilters): void => void navigate({ search, replace: true })
  const workflows = useQuery(workflowsQuery)
  return (
    <main className="content">
      <PageHead title="Executions">Newest first. The list updates by itself.</PageHead>
      <ExecutionFilterBar filters={filters} workflows={workflows.data ?? []} onChange={setFilters} />
      <ExecutionList key={JSON.stringify(filters)} filters={filters} onClear={() => setFilters({})} />
    </main>
  )
}

function ExecutionList({ filters, onClear }: { readonly filters: ExecutionFilters; readonly onClear: () => void }) {
  const list = useInfiniteQuery(executionsQuery(filters))
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const newest = list.data?.pages[0]
  if (list.data === undefined) {
    return list.error === null ? (
      <LoadingRows rows={10} label="Loading executions" />
    ) : (
      <ErrorCard error={list.error} onRetry={() => void list.refetch()} />
    )
  }
  if (rows.length === 0) return <NoExecutions isFiltered={hasFilters(filters)} onClear={onClear} />
  return (
    <>
      <LiveRows rows={rows} />
      <footer className="list-foot">
        {list.hasNextPage ? (
          <button
            type="button"
            className="button"
            onClick={() => void list.fetchNextPage()}
            disabled={list.isFetchingNextPage}
          >
            {list.isFetchingNextPage ? 'Loading…' : 'Older executions'}
          </button>
        ) : (
          <span className="faint-text">That is all of them.</span>
        )}
        {newest !== undefined && newest.lag > 0 ? (
          <span className="faint-text" role="status">
            {newest.lag} {newest.lag === 1 ? 'change is' : 'changes are'} still to be read.
          </span>
        ) : null}
      </footer>
    </>
  )
}

/** Rows that arrive while someone reads further down wait under a button, so nothing moves under the eyes. */
function LiveRows({ rows }: { readonly rows: readonly ExecutionRow[] }) {
  const isReading = useIsReading()
  const [anchor, setAnchor] = useState<string | null>(null)
  useEffect(() => {
    if (!isReading) setAnchor(null)
    else setAnchor((current) => current ?? rows[0]?.id ?? null)
  }, [isReading, rows])
  const { shown, held } = heldRows(rows, anchor)
  return (
    <>
      {held > 0 ? (
        <button
          type="button"
          className="new-rows"
          onClick={() => {
            setAnchor(null)
            window.scrollTo({ top: 0 })
          }}
        >
          {held} new
        </button>
      ) : null}
      <ExecutionTable rows={shown} />
    </>
  )
}

/** Whether the page is scrolled down. */
function useIsReading(): boolean {
  const [isReading, setReading] = useState(() => window.scrollY > 80)
  useEffect(() => {
    const onScroll = (): void => setReading(window.scrollY > 80)
    window.addEventListener('scroll', onScroll, { passive: true })
    return () => window.removeEventListener('scroll', onScroll)
  }, [])
  return isReading
}

function NoExecutions({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) {
  return isFiltered ? (
    <Empty
      title="No execution matches"
      action={
        <button type="button" className="button" onClick={onClear}>
          Clear the filters
        </button>
      }
    >
      The filters are in the address of this page. Widen the time, or take one away.
    </Empty>
  ) : (
    <Empty title="Nothing has been executed yet">
      Open a workflow and start it, or call its webhook. It appears here within two seconds.
    </Empty>
  )
}

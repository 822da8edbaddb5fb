import { Link } from '@tanstack/react-router'
import type { ExecutionRow } from '../api/executions.ts'
import { executionLooks, waitLabels } from '../model/looks.ts'
import { StatusMark } from '../parts/status-mark.tsx'
import { Ago, Elapsed } from '../parts/time.tsx'

/** Executions, newest first. Without the workflow's name where the page is about one workflow. */
export function ExecutionTable({
  rows,
  withWorkflow = true,
}: {
  readonly rows: readonly ExecutionRow[]
  readonly withWorkflow?: boolean
}) {
  return (
    <div className="table-frame">
      <table className="table executions">
        <thead>
          <tr>
            <th scope="col">Status</th>
            {withWorkflow ? <th scope="col">Workflow</th> : null}
            <th scope="col">Started</th>
            <th scope="col" className="number">
              Duration
            </th>
            <th scope="col" className="cell-trigger">
              Started by
            </th>
            <th scope="col">What happened</th>
            <th scope="col">Execution</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} withWorkflow={withWorkflow} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ row, withWorkflow }: { readonly row: ExecutionRow; readonly withWorkflow: boolean }) {
  return (
    <tr>
      <td>
        <StatusMark look={executionLooks[row.status]} />
        {row.waitsFor?.map((kind) => (
          <span key={kind} className="note-chip">
            {waitLabels[kind]}
          </span>
        ))}
      </td>
      {withWorkflow ? (
        <td data-label="Workflow">
          <Link to="/workflows/$workflowId" params={{ workflowId: row.workflowId }}>
            {row.workflowName}
          </Link>{' '}
          <span className="faint-text tabular">v{row.version}</span>
        </td>
      ) : null}
      <td className="cell-started" data-label="Started">
        <Ago at={row.startedAt} />
      </td>
      <td className="number" data-label="Duration">
        <Elapsed from={row.startedAt} to={row.endedAt} />
      </td>
      <td className="cell-trigger" data-label="Started by">
        <code>{row.triggerNode}</code>
      </td>
      <td className={`cell-text${row.error === undefined ? '' : ' has-error'}`} data-label="What happened">
        {row.error === undefined ? (
          <span className="faint-text">{row.position} events</span>
        ) : (
          <span title={row.error.message}>
            {row.failedStep === undefined ? null : <code>{row.failedStep}</code>} {row.error.message}
          </span>
        )}
      </td>
      <td className="cell-id">
        <Link to="/executions/$executionId" params={{ executionId: row.id }} className="row-link mono" title={row.id}>
          {shortId(row.id)}
        </Link>
      </td>
    </tr>
  )
}

/** The beginning and the end of an id tell executions apart; the whole of it is one click further. */
const shortId = (id: string): string => (id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-6)}`)

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { ExecutionStatus, WaitKind } from '../../schemas/api/executions.ts'
import type { WorkflowItem } from '../../schemas/api/workflows.ts'
import { type ExecutionFilters, hasFilters, periodNames, periods, withFilter } from '../model/execution-filters.ts'
import { executionLooks, waitLabels } from '../model/looks.ts'

type BarProps = {
  readonly filters: ExecutionFilters
  readonly workflows: readonly Pick<WorkflowItem, 'id' | 'name'>[]
  readonly onChange: (filters: ExecutionFilters) => void
}

/** The filters of the list. Each choice is in the URL at once. */
export function ExecutionFilterBar({ filters, workflows, onChange }: BarProps) {
  const isKnown = filters.workflow === undefined || workflows.some((workflow) => workflow.id === filters.workflow)
  return (
    <search className="filters">
      <Choice
        label="Workflow"
        value={filters.workflow ?? ''}
        onChange={(value) => onChange(withFilter(filters, 'workflow', value || undefined))}
      >
        <option value="">All workflows</option>
        {isKnown ? null : <option value={filters.workflow}>{filters.workflow}</option>}
        {workflows.map((workflow) => (
          <option key={workflow.id} value={workflow.id}>
            {workflow.name}
          </option>
        ))}
      </Choice>
      <Choice
        label="Status"
        value={filters.status ?? ''}
        onChange={(value) => onChange(withFilter(filters, 'status', ExecutionStatus.safeParse(value).data))}
      >
        <option value="">Every status</option>
        {ExecutionStatus.options.map((status) => (
          <option key={status} value={status}>
            {executionLooks[status].label}
          </option>
        ))}
      </Choice>
      <Choice
        label="Waits for"
        value={filters.waitsFor ?? ''}
        onChange={(value) => onChange(withFilter(filters, 'waitsFor', WaitKind.safeParse(value).data))}
      >
        <option value="">Anything</option>
        {WaitKind.options.map((kind) => (
          <option key={kind} value={kind}>
            {capitalised(waitLabels[kind])}
          </option>
        ))}
      </Choice>
      <Period filters={filters} onChange={onChange} />
      {hasFilters(filters) ? (
        <button type="button" className="button button-quiet" onClick={() => onChange({})}>
          <X size={14} aria-hidden /> Clear
        </button>
      ) : null}
    </search>
  )
}

function Period({ filters, onChange }: Pick<BarProps, 'filters' | 'onChange'>) {
  const isFixed = filters.since === undefined && (filters.from !== undefined || filters.to !== undefined)
  const choose = (value: string): void => {
    if (value === 'fixed') onChange(withFilter(filters, 'from', startOfToday()))
    else
      onChange(
        withFilter(
          filters,
          'since',
          periodNames.find((name) => name === value),
        ),
      )
  }
  return (
    <>
      <Choice label="Started" value={isFixed ? 'fixed' : (filters.since ?? '')} onChange={choose}>
        <option value="">Any time</option>
        {periodNames.map((name) => (
          <option key={name} value={name}>
            {periods[name].label}
          </option>
        ))}
        <option value="fixed">Between…</option>
      </Choice>
      {isFixed ? (
        <>
          <Moment label="From" value={filters.from} onChange={(at) => onChange(withFilter(filters, 'from', at))} />
          <Moment label="To" value={filters.to} onChange={(at) => onChange(withFilter(filters, 'to', at))} />
        </>
      ) : null}
    </>
  )
}

type ChoiceProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly children: ReactNode
}

function Choice({ label, value, onChange, children }: ChoiceProps) {
  return (
    <label className="filter">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
    </label>
  )
}

function Moment({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: number | undefined
  readonly onChange: (at: number | undefined) => void
}) {
  return (
    <label className="filter">
      <span>{label}</span>
      <input
        type="datetime-local"
        value={value === undefined ? '' : localInput(value)}
        onChange={(event) => {
          const at = new Date(event.target.value).getTime()
          onChange(Number.isNaN(at) ? undefined : at)
        }}
      />
    </label>
  )
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const startOfToday = (): number => new Date().setHours(0, 0, 0, 0)

/** What a `datetime-local` input understands: local time without a zone. */
function localInput(at: number): string {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

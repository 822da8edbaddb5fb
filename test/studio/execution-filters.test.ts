import { describe, expect, it } from 'vitest'
import { ExecutionFilters, executionQuery, hasFilters, withFilter } from '../../studio/model/execution-filters.ts'

const now = 1_700_000_000_000

describe('filters of the executions list', () => {
  it('are read from the URL, and what cannot be read is dropped', () => {
    expect(ExecutionFilters.parse({ workflow: 'w1', status: 'failed', since: '24h' })).toEqual({
      workflow: 'w1',
      status: 'failed',
      since: '24h',
    })
    expect(ExecutionFilters.parse({ workflow: 12, status: 'burning', since: '9y', from: 'monday', extra: 1 })).toEqual({
      workflow: '12',
    })
    expect(ExecutionFilters.parse({})).toEqual({})
  })

  it('become the query of the API, a period counted back from now', () => {
    expect(executionQuery({ workflow: 'w1', status: 'failed', since: '1h' }, now).toString()).toBe(
      `workflow=w1&status=failed&from=${now - 3_600_000}&limit=50`,
    )
    expect(executionQuery({ from: 5, to: 9 }, now, 'next page').toString()).toBe(
      'from=5&to=9&limit=50&cursor=next+page',
    )
    expect(executionQuery({ since: '1h', to: 9 }, now).has('to')).toBe(false)
    expect(executionQuery({ waitsFor: 'approval' }, now).toString()).toBe('waitsFor=approval&limit=50')
  })

  it('let a period and fixed instants exclude each other', () => {
    expect(withFilter({ since: '7d', status: 'failed' }, 'from', 5)).toEqual({ status: 'failed', from: 5 })
    expect(withFilter({ from: 5, to: 9 }, 'since', '1h')).toEqual({ since: '1h' })
    expect(withFilter({ from: 5 }, 'to', 9)).toEqual({ from: 5, to: 9 })
    expect(withFilter({ from: 5, to: 9 }, 'status', 'failed')).toEqual({ from: 5, to: 9, status: 'failed' })
  })

  it('let what is waited for exclude a status in which nothing waits', () => {
    expect(withFilter({ status: 'failed', since: '1h' }, 'waitsFor', 'signal')).toEqual({
      since: '1h',
      waitsFor: 'signal',
    })
    expect(withFilter({ status: 'paused' }, 'waitsFor', 'signal')).toEqual({ status: 'paused', waitsFor: 'signal' })
    expect(withFilter({ waitsFor: 'signal' }, 'status', 'failed')).toEqual({ status: 'failed' })
    expect(withFilter({ waitsFor: 'signal' }, 'status', 'waiting')).toEqual({ status: 'waiting', waitsFor: 'signal' })
    expect(withFilter({ waitsFor: 'signal' }, 'status', undefined)).toEqual({ waitsFor: 'signal' })
    expect(withFilter({ waitsFor: 'signal', status: 'failed' }, 'workflow', 'w1')).toMatchObject({ status: 'failed' })
  })

  it('go away one at a time', () => {
    const filters = withFilter({ workflow: 'w1' }, 'workflow', undefined)
    expect(filters).toEqual({})
    expect('workflow' in filters).toBe(false)
    expect(hasFilters(filters)).toBe(false)
    expect(hasFilters({ status: 'failed' })).toBe(true)
  })
})

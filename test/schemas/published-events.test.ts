import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { replay } from '../../runtime/engine/index.ts'
import { ExecutionEvent } from '../../schemas/execution-events.ts'
import { asJson } from '../support/given.ts'

type Sample = { readonly log: readonly unknown[]; readonly state: unknown }

const folder = join(import.meta.dirname, 'published-events')
const samples = readdirSync(folder).map((name) => ({
  name,
  ...(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Sample),
}))

/** Logs as they were written under rules 1. They are never edited: logs like them lie on disks. */
describe('a log that was written once', () => {
  it('has an event of every type there is', () => {
    const types = samples.flatMap(({ log }) => log.map((event) => ExecutionEvent.parse(event).type))
    expect([...new Set(types)].sort()).toEqual(ExecutionEvent.options.map(({ shape }) => shape.type.value).sort())
  })

  it.each(samples)('is read unchanged for ever: $name', ({ log }) => {
    expect(log.map((event) => ExecutionEvent.parse(event))).toEqual(log)
  })

  it.each(samples)('folds to the same state for ever: $name', ({ log, state }) => {
    expect(asJson(replay(log.map((event) => ExecutionEvent.parse(event))))).toEqual(state)
  })
})

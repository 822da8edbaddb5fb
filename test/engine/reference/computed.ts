import type { Graph } from '../../../schemas/graph.ts'
import type { Fault, Run } from './place.ts'
import { ask, fill, inputOf, namesAt, type Said } from './texts.ts'

/** What a step comes to that only computes. `ends`: it ends the execution, whatever its node says. */
export type Computed =
  | { readonly ok: true; readonly output: unknown; readonly ports: readonly string[] }
  | { readonly ok: false; readonly fault: Fault; readonly ends?: true }

export function compute(run: Run, graph: Graph, trigger: unknown): Computed {
  const { node, place } = run
  const { config, kind } = node
  const names = namesAt(place, trigger)
  if (kind === 'condition') return choose(config, names)
  if (kind === 'respond') return given(fill(config['body'], names))
  if (kind === 'fail') {
    const said = fill(config['message'], names)
    return { ok: false, fault: said.ok ? { code: 'failed', message: '' } : said.fault, ends: true }
  }
  if (kind === 'log') {
    const said = fill(config['message'], names)
    return said.ok ? given({ ok: true, value: { level: 'info', message: said.value } }) : said
  }
  if (kind !== 'transform') throw new Error(`the reference does not know what ${kind} comes to`)
  if (config['operation'] === undefined) return given(fill(config['fields'], names))
  const values = fill(config['values'], names)
  const input = inputOf(run, graph)
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return noObject
  return values.ok ? given({ ok: true, value: { ...input, ...(values.value as object) } }) : values
}

const noObject: Computed = { ok: false, fault: { code: 'expression_failed', message: 'it works on an object' } }

const given = (said: Said): Computed => (said.ok ? { ok: true, output: said.value, ports: ['out'] } : said)

function choose(config: Run['node']['config'], names: Parameters<typeof ask>[1]): Computed {
  const open: string[] = []
  for (const { port, when } of config['rules'] as readonly { port: string; when: string }[]) {
    const said = ask(when, names)
    if (!said.ok) return said
    if (said.value !== true) continue
    if (!open.includes(port)) open.push(port)
    if (config['mode'] === 'first') break
  }
  const ports = open.length === 0 ? ['else'] : open
  return { ok: true, output: { ports }, ports }
}

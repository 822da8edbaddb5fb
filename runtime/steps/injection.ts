import type { Injection, LinkHandle } from '../../schemas/execution-events.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { type Refusal, refuse } from './refusal.ts'

/** What stands for a text that only the egress function may see. */
export type Handle = { readonly secret: string } | LinkHandle

/** What a handle is called wherever it is shown: `secret chat`, or `link approve@each_order[3]`. */
export const nameOf = (handle: Handle): string =>
  'secret' in handle ? `secret ${handle.secret}` : `link ${handle.link}`

/** Each once. */
export function handlesOf(injections: readonly Injection[]): readonly Handle[] {
  const handles = injections.flatMap(({ parts }) => parts.flatMap((part) => ('text' in part ? [] : [part])))
  return [...new Map(handles.map((handle) => [nameOf(handle), handle])).values()]
}

/** Whether a secret or a link stands below one field of the config. */
export const holdsHandle = (injections: readonly Injection[], ...path: readonly string[]): boolean =>
  handlesOf(injections.filter((injection) => path.every((key, index) => injection.path[index] === key))).length > 0

/** The config, copied, with the text of each injection at its path. `reveal` gives what stands for a handle. */
export function inject(
  config: JsonObject,
  injections: readonly Injection[],
  reveal: (handle: Handle) => string,
): { readonly ok: true; readonly config: JsonObject } | Refusal {
  if (injections.length === 0) return { ok: true, config }
  const copy = structuredClone(config)
  for (const { path, parts } of injections) {
    const text = parts.map((part) => ('text' in part ? part.text : reveal(part))).join('')
    if (!setAt(copy, path, text)) {
      return refuse('request_invalid', `The request has no field ${path.join('.')} that a secret could go into.`)
    }
  }
  return { ok: true, config: copy }
}

function setAt(root: JsonObject, path: readonly (string | number)[], text: string): boolean {
  const last = path.at(-1)
  if (last === undefined) return false
  let holder: unknown = root
  for (const key of path.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return false
    holder = Reflect.get(holder, key)
  }
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, last)) return false
  return Reflect.set(holder, last, text)
}

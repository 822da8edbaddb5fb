import type { Injection } from '../../schemas/execution-events.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { type Refusal, refuse } from './refusal.ts'

export const namesOfSecrets = (injections: readonly Injection[]): readonly string[] => [
  ...new Set(injections.flatMap(({ parts }) => parts.flatMap((part) => ('secret' in part ? [part.secret] : [])))),
]

/** Names of the secrets that stand below one field of the config. */
export const secretsBelow = (injections: readonly Injection[], ...path: readonly string[]): readonly string[] =>
  namesOfSecrets(injections.filter((injection) => path.every((key, index) => injection.path[index] === key)))

/** The config, copied, with the text of each injection at its path. `reveal` gives what stands for a secret. */
export function inject(
  config: JsonObject,
  injections: readonly Injection[],
  reveal: (name: string) => string,
): { readonly ok: true; readonly config: JsonObject } | Refusal {
  if (injections.length === 0) return { ok: true, config }
  const copy = structuredClone(config)
  for (const { path, parts } of injections) {
    const text = parts.map((part) => ('secret' in part ? reveal(part.secret) : part.text)).join('')
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

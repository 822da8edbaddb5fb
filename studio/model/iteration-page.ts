import type { ContainerTrace } from './container-trace.ts'

type Wish = {
  readonly failedOnly: boolean
  /** From 0; null for the page that holds the shown iteration. */
  readonly page: number | null
  readonly shown: number
  readonly pageSize: number
}
export type IterationPage = { readonly indices: readonly number[]; readonly page: number; readonly pages: number }

/** One page of a container's iterations. */
export function iterationPage(trace: ContainerTrace, position: number, wish: Wish): IterationPage {
  const { begun } = trace.countsAt(position)
  const failed = wish.failedOnly ? trace.failedAt(position) : null
  const count = failed === null ? begun : failed.length
  const pages = Math.max(1, Math.ceil(count / wish.pageSize))
  const place = failed === null ? wish.shown - trace.first : failed.indexOf(wish.shown)
  const page = Math.max(0, Math.min(wish.page ?? Math.floor(Math.max(0, place) / wish.pageSize), pages - 1))
  const from = page * wish.pageSize
  const to = Math.min(count, from + wish.pageSize)
  const indices =
    failed === null ? Array.from({ length: to - from }, (_, at) => trace.first + from + at) : failed.slice(from, to)
  return { indices, page, pages }
}

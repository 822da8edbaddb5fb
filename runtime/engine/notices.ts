import type { Notice } from '../../schemas/execution-events.ts'
import type { Draft } from './draft.ts'

/** What another execution has not heard yet, and the position of what it is about. A later one takes its place. */
export type Noted = { readonly notice: Notice; readonly notedAt: number }

/** Notes what follows from the event that is applied, for whoever has to hear it. */
export function note(draft: Draft, to: string, notice: Notice): void {
  draft.notices = draft.notices.set(to, { notice, notedAt: draft.position })
}

/** Who a notice is for: the parent, or the child that the attempt at this position started. */
export const addressee = (child?: number): string => (child === undefined ? '' : String(child))

/** The position of the attempt that started the child that a notice is for; null when it is for the parent. */
export const childOf = (to: string): number | null => (to === '' ? null : Number(to))

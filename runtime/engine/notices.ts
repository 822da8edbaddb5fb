/** Who a notice is for: the parent, or the child that the attempt at this position started. */
export const addressee = (child?: number): string => (child === undefined ? '' : String(child))

/** The position of the attempt that started the child that a notice is for; null when it is for the parent. */
export const childOf = (to: string): number | null => (to === '' ? null : Number(to))

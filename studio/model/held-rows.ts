/**
 * The rows to show while the reader is somewhere below the top: those from the anchor on. `held` counts the newer
 * ones. Without an anchor, or when the anchor is gone, everything is shown.
 */
export function heldRows<Row extends { readonly id: string }>(
  rows: readonly Row[],
  anchor: string | null,
): { readonly shown: readonly Row[]; readonly held: number } {
  const index = anchor === null ? 0 : rows.findIndex((row) => row.id === anchor)
  const held = Math.max(0, index)
  return { shown: held === 0 ? rows : rows.slice(held), held }
}

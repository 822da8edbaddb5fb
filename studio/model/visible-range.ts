/** Rows to draw of a long list of rows of one height: those in sight and a few on either side. `to` is exclusive. */
export function visibleRange(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  count: number,
): { readonly from: number; readonly to: number } {
  const margin = 8
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - margin)
  const to = Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + margin)
  return { from: Math.min(from, to), to }
}

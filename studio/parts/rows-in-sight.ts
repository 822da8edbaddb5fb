import { type RefObject, useEffect, useState } from 'react'
import { visibleRange } from '../model/visible-range.ts'

type Range = { readonly from: number; readonly to: number }

/**
 * The rows of a list that can be seen in the window, whichever element around the list scrolls; `to` is exclusive.
 * Rows are `rowHeight` pixels high, and those left out are to be made up for by empty space.
 */
export function useRowsInSight(list: RefObject<HTMLElement | null>, rowHeight: number, count: number): Range {
  const [range, setRange] = useState<Range>(() => visibleRange(0, window.innerHeight, rowHeight, count))
  useEffect(() => {
    const measure = (): void => {
      if (list.current === null) return
      const above = Math.max(0, -list.current.getBoundingClientRect().top)
      const next = visibleRange(above, window.innerHeight, rowHeight, count)
      setRange((known) => (known.from === next.from && known.to === next.to ? known : next))
    }
    measure()
    // Scrolling does not bubble, but it can be caught on its way down.
    document.addEventListener('scroll', measure, { capture: true, passive: true })
    window.addEventListener('resize', measure)
    return () => {
      document.removeEventListener('scroll', measure, { capture: true })
      window.removeEventListener('resize', measure)
    }
  }, [list, rowHeight, count])
  return range
}

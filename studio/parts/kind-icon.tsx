import {
  ArrowRightLeft,
  Box,
  CirclePlay,
  Globe,
  type LucideIcon,
  OctagonX,
  Reply,
  ScrollText,
  Split,
  Timer,
  Webhook,
} from 'lucide-react'

const icons: Record<string, LucideIcon> = {
  manual: CirclePlay,
  webhook: Webhook,
  http: Globe,
  condition: Split,
  transform: ArrowRightLeft,
  delay: Timer,
  respond: Reply,
  fail: OctagonX,
  log: ScrollText,
}

/** The icon of a step kind; its name stands beside it, so the icon itself is silent. */
export function KindIcon({ kind, size = 16 }: { readonly kind: string; readonly size?: number }) {
  const Icon = icons[kind] ?? Box
  return <Icon size={size} strokeWidth={1.75} aria-hidden />
}

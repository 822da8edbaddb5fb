import {
  ArrowRightLeft,
  Box,
  Braces,
  CirclePlay,
  Globe,
  Hourglass,
  ListChecks,
  type LucideIcon,
  OctagonX,
  Radio,
  Repeat,
  Reply,
  ScrollText,
  Split,
  Timer,
  TriangleAlert,
  Webhook,
  Workflow,
} from 'lucide-react'

const icons: Record<string, LucideIcon> = {
  manual: CirclePlay,
  webhook: Webhook,
  event: Radio,
  failure: TriangleAlert,
  http: Globe,
  condition: Split,
  transform: ArrowRightLeft,
  delay: Timer,
  respond: Reply,
  fail: OctagonX,
  log: ScrollText,
  code: Braces,
  wait: Hourglass,
  each: ListChecks,
  repeat: Repeat,
  workflow: Workflow,
}

/** The icon of a step kind; its name stands beside it, so the icon itself is silent. */
export function KindIcon({ kind, size = 16 }: { readonly kind: string; readonly size?: number }) {
  const Icon = icons[kind] ?? Box
  return <Icon size={size} strokeWidth={1.75} aria-hidden />
}

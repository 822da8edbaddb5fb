import type { ExecutionStatus, WaitKind } from '../../schemas/api/executions.ts'
import type { Delivery } from '../../schemas/api/workflows.ts'
import type { ShownStatus } from './step-status.ts'

/** What a status looks like. Shape and text carry the meaning; the tone only repeats it in colour. */
export type Look = { readonly tone: Tone; readonly shape: Shape; readonly label: string }
export type Tone = 'quiet' | 'busy' | 'waiting' | 'good' | 'bad' | 'stopped'
export type Shape =
  | 'dot'
  | 'ring'
  | 'dash'
  | 'check'
  | 'cross'
  | 'clock'
  | 'pause'
  | 'stop'
  | 'spinner'
  | 'alert'
  | 'retry'

export const executionLooks = {
  running: { tone: 'busy', shape: 'spinner', label: 'Running' },
  waiting: { tone: 'waiting', shape: 'clock', label: 'Waiting' },
  paused: { tone: 'waiting', shape: 'pause', label: 'Paused' },
  succeeded: { tone: 'good', shape: 'check', label: 'Succeeded' },
  failed: { tone: 'bad', shape: 'cross', label: 'Failed' },
  cancelled: { tone: 'stopped', shape: 'stop', label: 'Cancelled' },
  quarantined: { tone: 'bad', shape: 'alert', label: 'Quarantined' },
} as const satisfies Record<ExecutionStatus, Look>

/** What an execution waits for, as a chip beside its status. */
export const waitLabels = {
  delay: 'time',
  retry: 'a retry',
  signal: 'a signal',
  approval: 'an approval',
  callback: 'a call',
  child: 'a child',
  person: 'an answer',
} as const satisfies Record<WaitKind, string>

export const stepLooks = {
  pending: { tone: 'quiet', shape: 'ring', label: 'Not reached' },
  running: { tone: 'busy', shape: 'spinner', label: 'Running' },
  retrying: { tone: 'waiting', shape: 'retry', label: 'Will retry' },
  interrupted: { tone: 'waiting', shape: 'alert', label: 'Interrupted' },
  failing: { tone: 'bad', shape: 'cross', label: 'Failing' },
  unknown: { tone: 'bad', shape: 'alert', label: 'Unknown' },
  ready: { tone: 'busy', shape: 'dot', label: 'About to begin' },
  child: { tone: 'waiting', shape: 'clock', label: 'Waits for its child' },
  waiting: { tone: 'waiting', shape: 'clock', label: 'Waiting' },
  open: { tone: 'busy', shape: 'spinner', label: 'Under way' },
  delayed: { tone: 'waiting', shape: 'clock', label: 'Waiting' },
  succeeded: { tone: 'good', shape: 'check', label: 'Succeeded' },
  failed: { tone: 'bad', shape: 'cross', label: 'Failed' },
  skipped: { tone: 'quiet', shape: 'dash', label: 'Skipped' },
  cancelled: { tone: 'stopped', shape: 'stop', label: 'Cancelled' },
  elsewhere: { tone: 'quiet', shape: 'dot', label: 'In its own execution' },
} as const satisfies Record<ShownStatus, Look>

export const deliveryLooks = {
  accepted: { tone: 'good', shape: 'check', label: 'Accepted' },
  duplicate: { tone: 'quiet', shape: 'dash', label: 'Duplicate' },
  filtered: { tone: 'quiet', shape: 'dash', label: 'Filtered out' },
  refused: { tone: 'bad', shape: 'cross', label: 'Refused' },
} as const satisfies Record<Delivery['verdict'], Look>

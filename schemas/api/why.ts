import { z } from 'zod'

import { RuleDecision } from '../execution-events.ts'
import { EpochMs } from '../time.ts'

/** One link of the chain that says why an execution, or a step, does what it does. */
export const Reason = z.object({
  /** 0 for what was asked about. A reason explains the nearest one before it that has a smaller depth. */
  depth: z.int().min(0),
  what: z.enum([
    // The execution as a whole.
    'running',
    'waiting',
    'paused',
    'undoing',
    'succeeded',
    'failed',
    'cancelled',
    // A step that has begun.
    'attempt',
    'retry',
    'interrupted',
    'unknown',
    'child',
    'delay',
    'signal',
    'approval',
    'callback',
    'each',
    'repeat',
    'retried',
    // A step that is over.
    'step_succeeded',
    'step_failed',
    'step_cancelled',
    'step_skipped',
    'rule',
    // A step that has not begun, or is not held any more.
    'pending',
    'held',
    'undoes',
    'never_began',
    'iteration_pending',
    'iteration_over',
  ]),
  /** The same for a person. Instants are ISO 8601 in UTC. */
  sentence: z.string(),
  step: z.string().optional(),
  /** When what is said began, or was over. */
  at: EpochMs.optional(),
  /** When it goes on by itself, or gives up. */
  until: EpochMs.optional(),
  /** The attempt in flight, the next one, or the last one. */
  attempt: z.int().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Of a signal, an approval, a callback. */
  name: z.string().optional(),
  executionId: z.string().optional(),
  /** Of a container; `size` is missing where it is not known before. */
  iterations: z.object({ size: z.int().optional(), open: z.int(), over: z.int(), failed: z.int() }).optional(),
  /** Edges that are dead, or not decided yet. */
  edges: z.array(z.object({ from: z.string(), port: z.string() })).optional(),
  rule: RuleDecision.optional(),
})
export type Reason = z.infer<typeof Reason>

export const WhyAnswer = z.object({ executionId: z.string(), position: z.int(), reasons: z.array(Reason) })
export type WhyAnswer = z.infer<typeof WhyAnswer>

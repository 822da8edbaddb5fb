import type { CommandOf, ExecutionCommand, ParentWish } from '../../schemas/execution-commands.ts'
import type { Notice } from '../../schemas/execution-events.ts'
import { t0 } from './events.ts'
import { step } from './graphs.ts'

/** What people and other executions want of one that runs. The commands of a step that acts are in `events.ts`. */
export const pause = (now = t0, timers: CommandOf<'PauseExecution'>['timers'] = 'frozen'): ExecutionCommand => ({
  type: 'PauseExecution',
  now,
  timers,
})
export const resume = (now = t0): ExecutionCommand => ({ type: 'ResumeExecution', now })
export const retryExecution = (now = t0): ExecutionCommand => ({ type: 'RetryExecution', now })
export const cancelAndUndo = (now = t0): ExecutionCommand => ({
  type: 'CancelExecution',
  now,
  reason: 'not needed any more',
  compensate: true,
})
export const signal = (data: unknown, more: Partial<CommandOf<'SendSignal'>> = {}): ExecutionCommand =>
  ({ type: 'SendSignal', now: t0, name: 'paid', data, ...more }) as ExecutionCommand
export const approve = (id: string, data: unknown = null, now = t0): ExecutionCommand => ({
  type: 'DecideApproval',
  now,
  step: step(id),
  decision: 'approved',
  data,
})
export const disapprove = (id: string, data: unknown = null, now = t0): ExecutionCommand => ({
  type: 'DecideApproval',
  now,
  step: step(id),
  decision: 'rejected',
  data,
})
export const callBack = (id: string, data: unknown, now = t0): ExecutionCommand => ({
  type: 'AnswerCallback',
  now,
  step: step(id),
  data,
})
export const answerUnknown = (
  id: string,
  answer: CommandOf<'AnswerUnknown'>['answer'],
  now = t0,
): ExecutionCommand => ({ type: 'AnswerUnknown', now, step: step(id), answer })
export const endChild = (
  id: string,
  result: CommandOf<'EndChild'>['result'],
  executionId = 'child-1',
  more: Partial<CommandOf<'EndChild'>> = {},
): ExecutionCommand => ({ type: 'EndChild', now: t0, step: step(id), executionId, result, ...more })
export const hear = (notedAt: number, wish: ParentWish, now = t0): ExecutionCommand => ({
  type: 'HearParent',
  now,
  notedAt,
  wish,
})
export const deliver = (notice: Notice, notedAt: number, child?: number, now = t0): ExecutionCommand => ({
  type: 'DeliverNotice',
  now,
  notice,
  notedAt,
  ...(child === undefined ? {} : { child }),
})

import type { ExecutionState } from '../../runtime/engine/index.ts'
import type { UnknownAnswer } from '../../schemas/execution-commands.ts'
import type { ExecutionServer } from './execution-server.ts'

type Calls = Pick<ExecutionServer, 'answerUnknown' | 'decideApproval' | 'answerCallback' | 'signal'>

/** A call that does what an execution waits for. */
export type Answer = {
  [Name in keyof Calls]: { readonly name: Name; readonly parameters: Parameters<Calls[Name]> }
}[keyof Calls]

/** One of the things that it waits for, which the first draw chooses; null when it waits for nobody. */
export function answerTo(state: ExecutionState, [which = 0, how = 0]: readonly number[]): Answer | null {
  if (state.status === 'not_started') return null
  const asking = [...state.steps].filter(([, { status }]) => status === 'waiting' || status === 'unknown')
  const [step, current] = asking[Math.floor(which * asking.length)] ?? []
  if (step === undefined || current === undefined) return null
  if (current.status === 'unknown') return { name: 'answerUnknown', parameters: [step, whatItDid(how)] }
  if (current.status !== 'waiting') return null
  if (current.for === 'approval')
    return { name: 'decideApproval', parameters: [step, how < 0.7 ? 'approved' : 'rejected'] }
  if (current.for === 'callback') return { name: 'answerCallback', parameters: [step, { how }] }
  return { name: 'signal', parameters: [current.name, { n: 3 }, `${how}`] }
}

function whatItDid(draw: number): UnknownAnswer {
  if (draw < 0.4) return { outcome: 'succeeded', output: null }
  return draw < 0.7 ? { outcome: 'failed', message: 'it did not happen' } : { outcome: 'retry' }
}

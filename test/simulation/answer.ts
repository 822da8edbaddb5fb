import { type ExecutionState, rootScope, stepIn } from '../../runtime/engine/index.ts'
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

/** A call to the address of a callback, which holds as long as the execution; null when its graph has none. */
export function callbackOf(
  state: ExecutionState | null,
  [which = 0, how = 0]: readonly number[],
): Extract<Answer, { name: 'answerCallback' }> | null {
  if (state === null || state.status === 'not_started') return null
  const callbacks = state.graph.nodes.filter(
    ({ kind, config, parent }) => kind === 'wait' && config['for'] === 'callback' && parent === undefined,
  )
  const node = callbacks[Math.floor(which * callbacks.length)]
  return node === undefined ? null : { name: 'answerCallback', parameters: [stepIn(rootScope, node.id), { how }] }
}

function whatItDid(draw: number): UnknownAnswer {
  if (draw < 0.4) return { outcome: 'succeeded', output: null }
  return draw < 0.7 ? { outcome: 'failed', message: 'it did not happen' } : { outcome: 'retry' }
}

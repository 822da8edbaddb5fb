import { unreachable } from '../engine/index.ts'
import type { CommandAnswer } from '../objects/command-answer.ts'
import { codeOf, Refusal } from './problem.ts'

type Done = Extract<CommandAnswer, { type: 'done' }>
type Rejected = Extract<CommandAnswer, { type: 'rejected' }>

/** What was done; everything else that may become of a command is a refusal. */
export function doneOrRefused(answer: CommandAnswer): Done {
  if (answer.type === 'done') return answer
  throw refusalFrom(answer)
}

export function refusalFrom(answer: Exclude<CommandAnswer, Done>) {
  switch (answer.type) {
    case 'not_found':
      return new Refusal('not_found')
    case 'late':
      return new Refusal('answered_late', { executionStatus: answer.status, settled: answer.settled })
    case 'rejected':
      return refusalOf(answer)
    default:
      return unreachable(answer)
  }
}

function refusalOf({ rejection, status, settled }: Rejected) {
  // Who answered a step wants to know what came of it, also when the execution has ended since.
  if (rejection.reason === 'not_running' && settled !== null) {
    return new Refusal('answered_late', { executionStatus: status, settled })
  }
  const { reason, ...more } = rejection
  if (reason === 'form_mismatch' && 'issues' in more) {
    return new Refusal(reason, { issues: more.issues.map(issueOfData) })
  }
  return new Refusal(codeOf[reason], { executionStatus: status, ...withoutStatus(more) })
}

/** The problem's own `status` is that of HTTP. */
const withoutStatus = ({ status: _, message: _m, ...more }: Readonly<Record<string, unknown>>) => more

/** A place of the data that was sent, as it stands in the JSON body. */
export const issueOfData = ({ path, message }: { readonly path: string; readonly message: string }) => ({
  in: 'json',
  path: path === '' ? 'data' : `data.${path}`,
  message,
})

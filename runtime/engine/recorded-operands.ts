import { limits } from '../../schemas/limits.ts'
import type { CutOperand } from '../expression/index.ts'
import { jsonBytes } from './output-size.ts'
import type { JsonObject } from './path.ts'

/** What one event may still record of the operands of all its rules together. */
export type OperandRoom = { bytes: number }

export const newOperandRoom = (): OperandRoom => ({ bytes: limits.decisionBytes })

/** Operands are recorded as long as there is room; those after that are cut to nothing, and marked. */
export function recordedOperands(operands: JsonObject, room: OperandRoom): JsonObject {
  const entries = Object.entries(operands).map(([text, value]) => {
    room.bytes -= jsonBytes(value)
    return [text, room.bytes < 0 ? ({ $cut: '' } satisfies CutOperand) : value]
  })
  return Object.fromEntries(entries)
}

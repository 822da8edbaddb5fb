import { useMutation } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { type Command, tellExecution } from '../../../api/one-execution.ts'

/** The execution that is told, and whom to tell when it was: one that had ended may go on. */
type Commands = { readonly executionId: string; readonly onTold: () => void }

export const CommandsContext = createContext<Commands>({ executionId: '', onTold: () => undefined })

/** Tells the execution something, and closes the question when that is done. */
export function useCommand(onDone: () => void) {
  const { executionId, onTold } = useContext(CommandsContext)
  return useMutation({
    mutationFn: (command: Command) => tellExecution(executionId, command),
    onSuccess: () => {
      onTold()
      onDone()
    },
  })
}

export const useExecutionId = (): string => useContext(CommandsContext).executionId

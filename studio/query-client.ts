import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { isProblem, isRefusal } from './api/problem-error.ts'

export const sessionKey = ['session'] as const

/** Server state for the whole studio. `onSignedOut` is called when any answer says that the session is over. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const noteError = (error: unknown): void => {
    if (!isProblem(error, 401)) return
    client.setQueryData(sessionKey, false)
    onSignedOut()
  }
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => (query.queryKey[0] === sessionKey[0] ? undefined : noteError(error)),
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => (mutation.meta?.['signsIn'] ? undefined : noteError(error)),
    }),
    defaultOptions: {
      queries: {
        // `always`: the studio may be served by this very computer, where being offline means nothing.
        networkMode: 'always',
        retry: (failures, error) => !isRefusal(error) && failures < 2,
        retryDelay: (failures) => Math.min(4000, 400 * 2 ** failures),
        staleTime: 1000,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
  return client
}

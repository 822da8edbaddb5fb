import { create } from 'zustand'

/** Whether the server can be asked: the browser's view of the network, and how the last request went. */
export type Reachability = 'online' | 'unreachable' | 'offline'

export const useReachability = create<{ readonly status: Reachability; readonly lastAnswerAt: number | null }>(() => ({
  status: navigator.onLine ? 'online' : 'offline',
  lastAnswerAt: null,
}))

/** A gateway that answers for a server that is down is no answer. */
export function noteAnswer(status: number): void {
  if (status === 502 || status === 504) noteSilence()
  else useReachability.setState({ status: 'online', lastAnswerAt: Date.now() })
}

export const noteSilence = (): void =>
  useReachability.setState({ status: navigator.onLine ? 'unreachable' : 'offline' })

window.addEventListener('offline', () => useReachability.setState({ status: 'offline' }))
window.addEventListener('online', () => useReachability.setState({ status: 'online' }))

import { isProblem } from './problem-error.ts'
import { nothing, request } from './request.ts'

/** Whether this browser is signed in. Throws when that cannot be found out. */
export async function isSignedIn(): Promise<boolean> {
  try {
    await request('/api/session', nothing)
    return true
  } catch (error) {
    if (isProblem(error, 401)) return false
    throw error
  }
}

export const signIn = (token: string): Promise<null> =>
  request('/api/session', nothing, { method: 'POST', body: { token } })

export const signOut = (): Promise<null> => request('/api/session', nothing, { method: 'DELETE' })

import type { ObjectStorage } from './object-storage.ts'

/** What an object remembers of its storage, so as not to ask for it again. */
type Memory = { readonly afterRollback: () => void }

/** All that `body` writes, the alarm included, or nothing. What was remembered of a turn that is rolled back is forgotten with it. */
export function transact<Result>(
  storage: Pick<ObjectStorage, 'transactionSync'>,
  { afterRollback }: Memory,
  body: () => Result,
): Result {
  try {
    return storage.transactionSync(body)
  } catch (error) {
    afterRollback()
    throw error
  }
}

import { z } from 'zod'
import { InvariantViolation } from '../../runtime/engine/index.ts'
import { Problem } from '../../schemas/api/problem.ts'

/** The server refused, and said why and what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.title)
    this.problem = problem
  }
}

/** No answer came: the network or the server is down. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  constructor(cause: unknown) {
    super('The server did not answer', { cause })
  }
}

export type ErrorWords = { readonly title: string; readonly detail: string; readonly code: string | null }

/** What a person reads about an error: what happened, and what to do. */
export function errorWords(error: unknown): ErrorWords {
  if (error instanceof ProblemError) {
    const { title, detail, code } = error.problem
    return { title, detail, code }
  }
  if (error instanceof UnreachableError) {
    return {
      title: 'The server does not answer',
      detail: 'Check that Stepwell is running and that this computer has a network. This page tries again by itself.',
      code: null,
    }
  }
  if (error instanceof InvariantViolation) {
    return {
      title: 'The events contradict each other',
      detail: 'This studio cannot replay them. Copy the execution id and look at the server log; nothing was changed.',
      code: error.message,
    }
  }
  return {
    title: 'The answer could not be read',
    detail: 'The server may be newer than this page. Reload it; if that does not help, look at the server log.',
    code: error instanceof Error ? error.name : null,
  }
}

export const isProblem = (error: unknown, status: number): boolean =>
  error instanceof ProblemError && error.problem.status === status

const Issues = z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) })

/** What the server found wrong with single fields, by their paths; empty for any other error. */
export function issuesByField(error: unknown): Readonly<Record<string, string>> {
  const read = error instanceof ProblemError ? Issues.safeParse(error.problem) : null
  return read?.success ? Object.fromEntries(read.data.issues.map(({ path, message }) => [path, message])) : {}
}

/** A refusal that the same question would meet again. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ProblemError &&
  error.problem.status >= 400 &&
  error.problem.status < 500 &&
  error.problem.status !== 429

/** Whether the same question may well be answered later. What cannot be read now will not be readable then. */
export const isPassing = (error: unknown): boolean =>
  error instanceof UnreachableError || (error instanceof ProblemError && !isRefusal(error))

/** Reads an answer that is not a success. A proxy may answer with something that is no problem document. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text()
  const read = Problem.safeParse(jsonOrNull(text))
  if (read.success) return new ProblemError(read.data)
  return new ProblemError({
    type: 'about:blank',
    status: response.status,
    code: `http_${response.status}`,
    title: `The server answered ${response.status}`,
    detail: response.status >= 500 ? 'Try again; the server log may say more.' : 'Reload the page and try again.',
  })
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

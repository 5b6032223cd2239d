import { ERRORS, type ErrorCode } from '../errors.ts'
import { ACCESS_PROBLEMS } from './access.ts'
import type { ProblemEntry } from './entry.ts'
import { WORK_PROBLEMS } from './work.ts'

/** What each code means to whoever meets it. A code without an entry does not compile. */
export const PROBLEMS: Readonly<Record<ErrorCode, ProblemEntry>> = { ...ACCESS_PROBLEMS, ...WORK_PROBLEMS }

export const PROBLEM_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]

/** The code as a title: `rate_limited` is "Rate limited". */
export const titleOf = (code: ErrorCode): string =>
  code.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase())

/** Where the page of a code is, below the address of the house: the `type` of its problems. */
export const problemPath = (code: ErrorCode): string => `/problems/${code}`

/** A body as it is answered with this code. */
export function exampleProblem(code: ErrorCode, origin: string) {
  const { detail, errors = [] } = PROBLEMS[code]
  return {
    type: `${origin}${problemPath(code)}`,
    title: titleOf(code),
    status: ERRORS[code].status,
    code,
    detail,
    errors: [...errors],
    requestId: '018f4e5c-7a10-7c3e-9b1d-0a4b8c2d6e10',
  }
}

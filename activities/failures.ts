import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { DomainError, ERRORS } from '#domain/errors.ts'

/** The one place where our errors become Temporal failures; `type` carries the code to the workflow. */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error
  if (!(error instanceof DomainError)) return ApplicationFailure.fromError(error, { type: 'internal_error' })
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !ERRORS[error.code].retry,
    cause: error,
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
  })
}

/** Not an error: the work is asked for again at an instant, and Temporal's pending activity shows why. */
export const tryAgainAt = (reason: string, delayMs: number): ApplicationFailure =>
  ApplicationFailure.create({
    message: reason,
    type: reason,
    category: ApplicationFailureCategory.BENIGN,
    nonRetryable: false,
    nextRetryDelay: Math.max(50, Math.ceil(delayMs)),
  })

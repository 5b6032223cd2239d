import type { ErrorCode, FieldError } from '#domain/errors.ts'
import { DomainError, ERRORS } from '#domain/errors.ts'

/** An error as the API told it. `offline` means that no answer came: nothing is known about the effect. */
export class ApiProblem extends DomainError {
  readonly status: number
  readonly requestId: string | undefined
  readonly offline: boolean

  constructor(
    code: ErrorCode,
    message: string,
    extra: { status: number; requestId?: string; offline?: boolean; errors?: FieldError[]; cause?: unknown },
  ) {
    super(code, message, { errors: extra.errors ?? [], cause: extra.cause })
    this.name = 'ApiProblem'
    this.status = extra.status
    this.requestId = extra.requestId
    this.offline = extra.offline ?? false
  }
}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code)

const CODE_BY_STATUS: Record<number, ErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'invalid_input',
  429: 'too_many_requests',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
}

/** Reads `application/problem+json`; an answer of something in between (a proxy) keeps its status and gets a known code. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const code = isErrorCode(problem['code']) ? problem['code'] : (CODE_BY_STATUS[status] ?? 'internal_error')
  const errors = Array.isArray(problem['errors']) ? (problem['errors'] as FieldError[]) : []
  const requestId = typeof problem['requestId'] === 'string' ? problem['requestId'] : undefined
  const message = typeof problem['detail'] === 'string' ? problem['detail'] : code
  return new ApiProblem(code, message, { status, errors, ...(requestId === undefined ? {} : { requestId }) })
}

/** Any thrown thing in the words of the house. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  if (error instanceof DomainError)
    return new ApiProblem(error.code, error.message, { status: 0, errors: [...error.errors] })
  return new ApiProblem('internal_error', error instanceof Error ? error.message : String(error), {
    status: 0,
    cause: error,
  })
}

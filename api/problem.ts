import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z as zod } from 'zod'
import { DomainError, ERRORS, type ErrorCode, type FieldError } from '#domain/errors.ts'
import { PROBLEM_CODES, problemPath, titleOf } from '#domain/problems/catalogue.ts'
import { isUnreachable } from '#infra/db/reach.ts'
import type { AppEnv } from './deps.ts'

export const Problem = z
  .strictObject({
    type: z.url().meta({ description: 'The page that says what this means and what to do.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(PROBLEM_CODES),
    detail: z.string(),
    errors: z.array(
      z.strictObject({
        path: z.string().meta({ description: 'JSON pointer into the input.' }),
        code: z.string(),
        message: z.string(),
        params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      }),
    ),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
})

/** Codes of the web framework's own refusals; all else that it throws is ours to answer for. */
const HTTP_CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_input',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
}

/**
 * What Postgres says of an input that a schema let through. Which row, value or constraint it was is left out: it may be
 * a row that the caller must not know of.
 */
const POSTGRES_CODES: Readonly<Record<string, ErrorCode>> = {
  '22001': 'invalid_input', // text too long
  '22003': 'invalid_input', // number out of range
  '22007': 'invalid_input', // not an instant
  '22008': 'invalid_input', // instant out of range
  '22021': 'invalid_input', // a NUL in text
  '22P02': 'invalid_input', // not of the type
  '22P05': 'invalid_input', // a NUL in JSON
  '23503': 'invalid_input', // names a row that is not there
  '23505': 'conflict', // is there already
  '23514': 'invalid_input', // breaks a rule of the table
}

function postgresCode(error: unknown): ErrorCode | undefined {
  if (isUnreachable(error)) return 'unavailable'
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return POSTGRES_CODES[typeof error.code === 'string' ? error.code : '']
}

const POSTGRES_WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  invalid_input: 'The input is not valid.',
  conflict: 'There is one like it already.',
  unavailable: 'This does not work right now; try again.',
}

function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  const known = postgresCode(error)
  if (known !== undefined) {
    const retryAfterMs = known === 'unavailable' ? { retryAfterMs: 1_000 } : {}
    return new DomainError(known, POSTGRES_WORDS[known] ?? '', { cause: error, ...retryAfterMs })
  }
  if (error instanceof HTTPException) {
    const code = HTTP_CODES[error.status]
    if (code !== undefined) return new DomainError(code, error.message)
  }
  // What an unknown error says may hold a row, a path or a secret: it goes to the log, never to the client.
  return new DomainError('internal_error', 'Something went wrong on our side.', { cause: error })
}

function problemOf(error: DomainError, c: Context<AppEnv>): Problem {
  const { code } = error
  return {
    type: `${c.get('deps')?.settings.origins[0] ?? ''}${problemPath(code)}`,
    title: titleOf(code),
    status: ERRORS[code].status,
    code,
    detail: error.message,
    errors: [...error.errors],
    requestId: c.get('requestId') ?? '',
  }
}

/** Statuses that tell whoever meets them to come back. */
const WAITED_FOR: ReadonlySet<number> = new Set([429, 503])

/** The one place where an error becomes an answer. */
export function respondToError(error: unknown, c: Context<AppEnv>): Response {
  const known = toDomainError(error)
  const problem = problemOf(known, c)
  const { requestId } = problem
  if (problem.status >= 500) {
    c.get('deps')?.log.error({ err: known.cause ?? known, requestId, code: known.code }, 'request failed')
  }
  c.set('problemCode', known.code)
  const retryAfterMs = known.retryAfterMs ?? (WAITED_FOR.has(problem.status) ? 1_000 : undefined)
  if (retryAfterMs !== undefined) c.header('Retry-After', String(Math.ceil(retryAfterMs / 1_000)))
  c.header('Content-Type', 'application/problem+json')
  c.header('Cache-Control', 'no-store')
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode)
}

const pointer = (path: readonly PropertyKey[]) =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function paramsOf(issue: zod.core.$ZodIssue): Record<string, string | number> | undefined {
  const params: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(issue)) {
    if (name === 'message' || name === 'code' || name === 'pattern' || name === 'input') continue
    if (typeof value === 'string' || typeof value === 'number') params[name] = value
    if (typeof value === 'bigint') params[name] = Number(value)
  }
  return Object.keys(params).length === 0 ? undefined : params
}

/** The broken rules of an input, as pointers and translation keys. Unknown fields are named one by one. */
function fieldErrors(error: zod.core.$ZodError): FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: pointer([...issue.path, key]),
        code: 'unknown_field',
        message: 'Unknown field.',
      }))
    }
    const params = paramsOf(issue)
    // A rule of our own names itself; "custom" would tell a program nothing.
    const own = issue.code === 'custom' ? issue.params?.['code'] : undefined
    const code = typeof own === 'string' ? own : issue.code
    return [{ path: pointer(issue.path), code, message: issue.message, ...(params && { params }) }]
  })
}

type Validation = { target: string } & ({ success: true } | { success: false; error: zod.core.$ZodError })

/** Refuses an input that its schema refuses; given to every OpenAPIHono as its default hook. */
export function rejectInvalid(result: Validation): void {
  if (result.success) return
  throw new DomainError('invalid_input', `The ${result.target} is not valid.`, { errors: fieldErrors(result.error) })
}

import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { DomainError } from '#domain/errors.ts'
import type { Page } from '#domain/paging.ts'
import { actorOf } from '#domain/permissions/principal.ts'
import { QUOTAS } from '#domain/quotas/plans.ts'
import { decodeCursor, encodeCursor, type SignatureScope } from '#infra/crypto/tokens.ts'
import { type AuditEntry, audit } from '#infra/db/stores/audit.ts'
import { markCommitted } from '#infra/db/stores/idempotency.ts'
import { warnOfQuota } from '#infra/db/stores/quotas.ts'
import type { Tx } from '#infra/db/tx.ts'
import type { AppEnv } from './deps.ts'
import { BODY_MAX_BYTES, readBody } from './middleware/body-limit.ts'
import { withIdempotency } from './middleware/idempotency.ts'
import { type Access, assertConfirmed, authorize } from './middleware/permission.ts'
import { forgetAccess } from './middleware/remembered-access.ts'
import { problemResponse, rejectInvalid } from './problem.ts'

const REFUSALS = {
  401: problemResponse('Nobody is signed in.'),
  403: problemResponse('Not allowed.'),
  404: problemResponse('There is nothing here, or nothing you may see.'),
  409: problemResponse('It is not in a state for this.'),
  413: problemResponse('Too large.'),
  415: problemResponse('Not a type this route reads.'),
  422: problemResponse('The input is not valid.'),
  429: problemResponse('Too many requests.'),
  500: problemResponse('A fault of ours.'),
  503: problemResponse('It does not work right now.'),
} as const

type Refusals = typeof REFUSALS

type RouteSpec = Omit<RouteConfig, 'middleware' | 'hide'> & {
  /** Required on every route: there is no default, so that nobody opens a door by forgetting it. */
  access: Access
  /** Only for a person who has shown a short while ago that it is them. */
  confirmed?: boolean
  /** Refused to API keys, whatever they may do: it is about the one who asks. */
  peopleOnly?: boolean
  /** Not counted against the address of who asks; for probes of the house itself. */
  uncounted?: boolean
  /** Its answer holds a secret, so it is not kept for whoever repeats the request with its Idempotency-Key. */
  secretAnswer?: boolean
  /** The largest body, in bytes; 256 KiB unless said otherwise. */
  bodyMaxBytes?: number
  /** The handler reads the body as a stream and bounds it itself (uploads). */
  streamsBody?: boolean
}

type OurWords = 'access' | 'confirmed' | 'peopleOnly' | 'uncounted' | 'secretAnswer' | 'bodyMaxBytes' | 'streamsBody'

type OurRoute<R extends RouteSpec> = Omit<R, 'responses' | OurWords> & {
  method: R['method']
  path: R['path']
  responses: R['responses'] & Omit<Refusals, keyof R['responses']>
}

/** Whoever finds the search that takes longest keeps neither a connection nor the others waiting. */
const LIST_STATEMENT_MS = 2_000

const isList = ({ method, request }: RouteSpec): boolean =>
  method === 'get' && request?.query instanceof z.ZodObject && 'cursor' in request.query.shape

function guard(spec: RouteSpec) {
  const {
    access,
    confirmed = false,
    bodyMaxBytes = BODY_MAX_BYTES,
    streamsBody = false,
    secretAnswer = false,
    method,
  } = spec
  return createMiddleware<AppEnv>(async (c, next) => {
    await authorize(c, spec)
    if (isList(spec)) c.set('statementWithinMs', LIST_STATEMENT_MS)
    if (confirmed) assertConfirmed(c)
    if (method === 'get' || method === 'head') return next()
    const body = streamsBody ? undefined : await readBody(c, bodyMaxBytes)
    const answered = await (method === 'post' && body !== undefined
      ? withIdempotency(c, body, next, { secretAnswer })
      : next())
    forgetAccess(c, access)
    return answered
  })
}

function strictRequest(request: RouteSpec['request']): RouteSpec['request'] {
  const body = request?.body
  return {
    ...request,
    // A route that declares no query takes none: a stray tenant_id is refused, not ignored.
    query: request?.query ?? z.strictObject({}),
    ...(body === undefined ? {} : { body: { required: true, ...body } }),
  }
}

/**
 * One route of the API: what it is, who may call it, what it takes and answers. The common refusals are declared for
 * it, its body is bounded, and its POSTs understand `Idempotency-Key`.
 */
export function route<const P extends string, R extends RouteSpec & { path: P }>(spec: R): OurRoute<R> {
  const { access, confirmed = false, peopleOnly = false, uncounted: _uncounted, ...more } = spec
  const { bodyMaxBytes: _max, streamsBody: _streams, secretAnswer: _secret, ...rest } = more
  const forKeys = access !== 'public' && access !== 'signed_in' && access !== 'platform' && !peopleOnly && !confirmed
  const ways: Record<string, string[]>[] = [{ session: [] }, ...(forKeys ? [{ apiKey: [] }] : [])]
  const made = createRoute({
    ...rest,
    request: strictRequest(rest.request),
    responses: { ...REFUSALS, ...rest.responses },
    middleware: [guard(spec)],
    'x-access': access,
    'x-people-only': access !== 'public' && !forKeys,
    security: access === 'public' ? [] : ways,
  })
  // The guard and the strict query change nothing that a handler's types speak of.
  return made as unknown as OurRoute<R>
}

/** The app of one feature; every feature is built on this one. */
export const feature = () => new OpenAPIHono<AppEnv>({ defaultHook: rejectInvalid })

/** A JSON answer: `200: json(Contact, 'The contact.')`. */
export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** A JSON body: `request: { body: jsonBody(NewContact) }`. */
export const jsonBody = <S extends z.ZodType>(schema: S) => ({ content: { 'application/json': { schema } } })

/** A log as a file: CSV, or one JSON object per line. */
export const LOG_FILE = {
  200: {
    description: 'The lines, as they are read.',
    content: { 'text/csv': { schema: z.string() }, 'application/jsonl': { schema: z.string() } },
  },
} as const

export const NO_CONTENT = { 204: { description: 'Done.' } } as const

type Ctx = Pick<Context<AppEnv>, 'get' | 'req'>

/** Runs a verb in one transaction, in the tenant and as the person of the request. */
export async function inTenant<T>(c: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { tenantId, personId } = c.get('principal')
  const withinMs = c.get('statementWithinMs')
  const context = { tenantId, ...(personId !== undefined && { personId }), ...(withinMs !== undefined && { withinMs }) }
  try {
    return await c.get('deps').db.tenant(context, async (tx) => {
      const done = await work(tx)
      const key = c.get('underKey')
      if (key !== undefined) await markCommitted(tx, key)
      return done
    })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'quota_exceeded') tellQuota(c, error)
    throw error
  }
}

/**
 * The same for what every screen shows, seldom changes and looks alike to all who may see it: asked again when a trigger
 * says that something of the tenant has changed, or after some seconds.
 */
export function inTenantRemembered<T>(c: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { access } = c.get('deps')
  if (access === undefined) return inTenant(c, work)
  const { tenantId } = c.get('principal')
  const { pathname, search } = new URL(c.req.url)
  return access.remember(
    `settings ${tenantId} ${pathname}${search}`,
    () => inTenant(c, work),
    () => ({ of: [tenantId] }),
  )
}

/** The refused verb left nothing behind, a warning to whoever runs the tenant neither: so it is told apart from it. */
function tellQuota(c: Ctx, { errors }: DomainError): void {
  const { background, db } = c.get('deps')
  const quota = QUOTAS.find((name) => name === errors[0]?.params?.['quota'])
  if (quota === undefined) return
  const { tenantId } = c.get('principal')
  background.run('quota warning', () => db.tenant(tenantId, (tx) => warnOfQuota(tx, tenantId, quota)))
}

/** Writes to the audit log who did it, in which request. Give it the transaction of the act. */
export function audited(c: Ctx, tx: Tx, entry: Pick<AuditEntry, 'action' | 'subject' | 'detail'>): Promise<void> {
  const principal = c.get('principal')
  return audit(tx, { ...entry, tenantId: principal.tenantId, actor: actorOf(principal), requestId: c.get('requestId') })
}

/** The row, or `not_found`: the same answer for a foreign id as for one that never was. */
export function found<T>(row: T | undefined | null, what: string): T {
  if (row === undefined || row === null) throw new DomainError('not_found', `There is no such ${what}.`)
  return row
}

/** An id in an address: whoever writes it in capitals means the same row, also where it is compared as text. */
export const Id = z.uuid().toLowerCase()
export const IdParam = z.strictObject({ id: Id })

/** A cursor belongs to one list with its filters and to one tenant; it is of no use elsewhere. */
function listScope(c: Ctx): SignatureScope {
  const url = new URL(c.req.url)
  url.searchParams.delete('cursor')
  url.searchParams.delete('limit')
  url.searchParams.sort()
  // Lists of the platform's administration belong to no tenant.
  const principal: AppEnv['Variables']['principal'] | undefined = c.get('principal')
  return { use: `${url.pathname}?${url.searchParams}`, tenantId: principal?.tenantId ?? 'platform' }
}

export type Position = (string | number)[]

/** The position after which the asked page begins; undefined for the first one. Throws `cursor_invalid`. */
export function readCursor(c: Ctx, cursor: string | undefined): Position | undefined {
  return cursor === undefined ? undefined : decodeCursor(c.get('deps').keyRing, listScope(c), cursor)
}

/**
 * Makes a page of rows. Ask the store for `limit + 1` rows: the extra one says that there is a next page.
 * @param positionOf what the next page's query compares with, taken from the last row shown.
 */
export function pageFrom<T>(
  c: Ctx,
  { rows, limit, positionOf }: { rows: readonly T[]; limit: number; positionOf: (row: T) => Position },
): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const more = rows.length > limit && last !== undefined
  return { items, nextCursor: more ? encodeCursor(c.get('deps').keyRing, listScope(c), positionOf(last)) : null }
}

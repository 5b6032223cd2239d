import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Actor } from '#domain/events/schema.ts'
import type { LoggedRequest } from '#infra/db/stores/request-log.ts'
import { newId } from '#infra/ids.ts'
import type { AppEnv } from '../deps.ts'
import { callerAddress } from './address.ts'
import { noteNamedTenant } from './named-tenant.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const BASE = '/api/v1'
const NO_ROUTE = 'none'

/** The route as the contract writes it. What is no route of ours has no name: a path may hold anything, even a key. */
function routeOf(c: Context<AppEnv>): string {
  const path = routePath(c, -1)
  if (!path.startsWith(`${BASE}/`) || path.endsWith('*')) return NO_ROUTE
  return path.slice(BASE.length).replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')
}

function subjectOf(c: Context<AppEnv>): string | null {
  const id = Object.values(c.req.param() as Record<string, string>).find((value) => UUID.test(value))
  return id?.toLowerCase() ?? null
}

type Caller = Pick<LoggedRequest, 'tenantId' | 'principalKind' | 'principalId'>

/** Who asked, as far as it came out: also a key that was refused, and a person whose role did not suffice. */
function callerOf(c: Context<AppEnv>): Caller | undefined {
  const principal: AppEnv['Variables']['principal'] | undefined = c.get('principal')
  if (principal !== undefined) {
    const { kind, tenantId, personId, apiKeyId, administratorId } = principal
    return { tenantId, principalKind: kind, principalId: personId ?? apiKeyId ?? administratorId ?? null }
  }
  const key = c.get('caller')
  if (key !== undefined) return { tenantId: key.tenantId, principalKind: key.kind, principalId: key.id }
  const session: AppEnv['Variables']['session'] | undefined = c.get('session')
  if (session?.tenantId == null) return undefined
  // An administrator of the platform whom the tenant let in is no person of it.
  const principalKind = session.supportGrantId === null ? 'person' : 'platform'
  return { tenantId: session.tenantId, principalKind, principalId: session.personId }
}

const actorOf = ({ principalKind: kind, principalId: id }: Caller): Actor =>
  kind === 'system' || id === null ? { kind: 'system' } : { kind, id }

/** What is asked of the platform names other tenants: whatever tenant the session is in, its log is not told. */
const isOfPlatform = (route: string) => route === '/platform' || route.startsWith('/platform/')

/**
 * Writes down every request: what was asked for and what came of it, never what was in it. A request of nobody belongs to
 * no tenant and goes to the log of the process, as do those to the platform.
 */
export const logRequests = createMiddleware<AppEnv>(async (c, next) => {
  const { requestLog, clock, log } = c.get('deps')
  const id = newId()
  const atMs = clock.nowMs()
  const began = performance.now()
  await next()
  const facts = {
    method: c.req.method,
    route: routeOf(c),
    status: c.res.status,
    durationMs: Math.round(performance.now() - began),
    requestId: c.get('requestId'),
    address: callerAddress(c),
    code: c.get('problemCode') ?? null,
  }
  const caller = callerOf(c)
  if (isOfPlatform(facts.route)) {
    log.info(
      { ...facts, subjectId: subjectOf(c), personId: c.get('session')?.personId ?? null },
      'a request to the platform',
    )
  } else if (caller !== undefined) {
    requestLog?.add({ id, atMs, ...caller, ...facts, subjectId: subjectOf(c) })
    noteNamedTenant(c, { tenantId: caller.tenantId, actor: actorOf(caller), route: facts.route })
  } else if (!facts.route.startsWith('/health')) log.info(facts, 'a request of nobody')
})

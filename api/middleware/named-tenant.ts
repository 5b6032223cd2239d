import type { Context } from 'hono'
import type { Actor } from '#domain/events/schema.ts'
import { audit } from '#infra/db/stores/audit.ts'
import type { AppEnv } from '../deps.ts'
import { isTimeFor } from '../seldom.ts'

/** How other products let a caller say in whose tenant they act. Here a session or a key says so, and nothing else. */
const NAME = /^(x-)?tenant([_-]?id)?$/i
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

type Named = { where: 'query' | 'header'; value: string }

function namedIn(c: Context<AppEnv>): Named[] {
  const queries = Object.entries(c.req.queries()).filter(([name]) => NAME.test(name))
  const headers = [...c.req.raw.headers].filter(([name]) => NAME.test(name))
  return [
    ...queries.flatMap(([, values]) => values.map((value) => ({ where: 'query', value }) as const)),
    ...headers.map(([, value]) => ({ where: 'header', value }) as const),
  ]
}

export type NamedBy = { tenantId: string; actor: Actor; route: string }

/**
 * A request that names another tenant than its caller's gets nothing by it: a query is refused, a header is not read. That
 * somebody has tried is for those to see who run the caller's own tenant, and for the log of the process; the tenant that was
 * named hears nothing, or anybody could write into its log.
 */
export function noteNamedTenant(c: Context<AppEnv>, { tenantId, actor, route }: NamedBy): void {
  const other = namedIn(c).find(({ value }) => value.toLowerCase() !== tenantId)
  if (other === undefined) return
  const { background, db, log } = c.get('deps')
  if (!isTimeFor(c.get('deps'), `named tenant ${tenantId} ${actor.kind} ${actor.id}`)) return
  const requestId = c.get('requestId')
  const detail = { where: other.where, route, ...(UUID.test(other.value) && { named: other.value.toLowerCase() }) }
  log.warn({ tenantId, actor, requestId, ...detail }, 'a request named another tenant')
  const subject = { type: 'tenant', id: tenantId }
  const entry = { tenantId, actor, action: 'tenants.foreign_named', subject, detail, requestId }
  background.run('audit of a named tenant', () => db.tenant(tenantId, (tx) => audit(tx, entry)))
}

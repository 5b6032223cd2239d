import type { PlatformDb } from '../platform.ts'
import { type Part, part } from '../query.ts'
import type { Db, Tx } from '../tx.ts'

/** The chain of the platform's own log bears this name, in place of a tenant's id. */
export const PLATFORM_CHAIN = 'platform'

/** Where a chain lies, and how it is read there. */
export type ChainPlace = {
  name: string
  read: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  /** Selects seq, hash and the instant before which lines may be gone. */
  head: Part
  /**
   * Selects the links of a stretch, each with the hash of its line as that stands there now. Only what Postgres itself
   * brings is called, and by its full name: a function of ours could be made to say anything by whoever owns the database.
   */
  links: (from: number, to: number) => Part
  /** Selects a line that no link holds. */
  unchained: Part
}

const MICROSECONDS = part`(extract(epoch from a.at) * 1000000)::bigint`
const digest = (columns: Part) => part`
  case when a.id is not null then pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(${columns})::text,
    'UTF8')) end`

export const tenantChain = (db: Pick<Db, 'tenant'>, tenantId: string): ChainPlace => ({
  name: tenantId,
  read: (work) => db.tenant(tenantId, work),
  head: part`
    select seq, encode(hash, 'hex') as hash, kept_from as "keptFrom" from audit_heads where tenant_id = ${tenantId}`,
  links: (from, to) => part`
    select c.seq, c.audit_id, c.line_hash, c.hash, a.id is null as absent,
      coalesce(c.audit_id < uuid_floor(h.kept_from), false) as may_be_absent,
      ${digest(part`a.id, a.tenant_id, ${MICROSECONDS}, a.actor, a.action, a.subject_type, a.subject_id, a.detail,
        a.request_id`)} as line
    from audit_chain c
    join audit_heads h on h.tenant_id = c.tenant_id
    left join audit_log a on a.id = c.audit_id and a.tenant_id = c.tenant_id
    where c.tenant_id = ${tenantId} and c.seq between ${from} and ${to}`,
  unchained: part`
    select a.id from audit_log a where a.tenant_id = ${tenantId}
      and not exists (select from audit_chain c where c.tenant_id = a.tenant_id and c.audit_id = a.id)
    order by a.id limit 1`,
})

/** All lines of the platform are kept: administrators are few. */
export const platformChain = (platform: Pick<PlatformDb, 'run'>): ChainPlace => ({
  name: PLATFORM_CHAIN,
  read: (work) => platform.run(work),
  head: part`select seq, encode(hash, 'hex') as hash, null::timestamptz as "keptFrom" from platform.audit_head`,
  links: (from, to) => part`
    select c.seq, c.audit_id, c.line_hash, c.hash, a.id is null as absent, false as may_be_absent,
      ${digest(part`a.id, ${MICROSECONDS}, a.person_id, a.action, a.subject_type, a.subject_id, a.tenant_id, a.detail,
        a.request_id`)} as line
    from platform.audit_chain c left join platform.audit_log a on a.id = c.audit_id
    where c.seq between ${from} and ${to}`,
  unchained: part`
    select a.id from platform.audit_log a
    where not exists (select from platform.audit_chain c where c.audit_id = a.id) order by a.id limit 1`,
})

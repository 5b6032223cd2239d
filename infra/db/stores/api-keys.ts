import { createHash } from 'node:crypto'
import type { ApiKey } from '#domain/api-keys/schema.ts'
import { knownPermissions, type Permission } from '#domain/permissions/catalogue.ts'
import type { StoredLimits } from '#domain/quotas/plans.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { appendEvents } from './events.ts'
import { assertQuota } from './quotas.ts'

type Instants = 'createdAt' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'
type Row = Omit<ApiKey, Instants | 'permissions'> & {
  permissions: string[]
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
}

const toApiKey = (row: Row): ApiKey => ({
  ...row,
  permissions: [...knownPermissions(row.permissions)],
  createdAt: iso(row.createdAt),
  expiresAt: isoOrNull(row.expiresAt),
  revokedAt: isoOrNull(row.revokedAt),
  lastUsedAt: isoOrNull(row.lastUsedAt),
})

const KEYS = part`
  select k.id, k.name, k.prefix, k.permissions, k.allowed_addresses as "allowedAddresses",
    case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'active' end as state,
    case when p.id is null then null else jsonb_build_object('id', p.id, 'name', p.name) end as "createdBy",
    k.created_at as "createdAt", k.expires_at as "expiresAt", k.revoked_at as "revokedAt",
    k.last_used_at as "lastUsedAt", k.last_used_address as "lastUsedAddress"
  from api_keys k left join people p on p.id = k.created_by
  where true`

/** What is kept of a key: 256 random bits need no slow hash. */
export const hashOfKey = (secret: string): Buffer => createHash('sha256').update(secret, 'utf8').digest()

/** The keys of the tenant in context, the newest first. The position is (id). */
export async function listApiKeys(tx: Tx, { limit, after }: ListPage): Promise<ApiKey[]> {
  const rows = await tx.rows<Row>(
    query(KEYS, after && part`and k.id < ${after[0]}::uuid`, part`order by k.id desc limit ${limit}`),
  )
  return rows.map(toApiKey)
}

export async function getApiKey(tx: Tx, id: string): Promise<ApiKey | undefined> {
  const row = await tx.row<Row>(query(KEYS, part`and k.id = ${id}`))
  return row && toApiKey(row)
}

export type NewApiKey = {
  name: string
  prefix: string
  secret: string
  permissions: readonly Permission[]
  allowedAddresses: readonly string[]
  expiresAt: string | null
  createdBy: string
}

/** Writes a key down by its hash. Throws `quota_exceeded` beyond the plan. */
export async function createApiKey(tx: Tx, { tenantId, actor }: Acting, input: NewApiKey): Promise<ApiKey> {
  await assertQuota(tx, tenantId, 'apiKeys')
  const id = newId()
  await tx.run(sql`
    insert into api_keys (id, tenant_id, name, prefix, secret_hash, permissions, allowed_addresses, expires_at, created_by)
    values (${id}, ${tenantId}, ${input.name}, ${input.prefix}, ${hashOfKey(input.secret)}, ${input.permissions},
      ${input.allowedAddresses}, ${input.expiresAt}, ${input.createdBy})`)
  appendEvents(tx, [{ tenantId, type: 'api_key.created', actor, subject: { type: 'api_key', id } }])
  return (await getApiKey(tx, id))!
}

/** Revokes a key, once; it is refused from the commit on. @returns undefined when there is no such key. */
export async function revokeApiKey(
  tx: Tx,
  { tenantId, actor }: Acting,
  { id, revokedBy }: { id: string; revokedBy: string },
): Promise<{ key: ApiKey; changed: boolean } | undefined> {
  const revoked = await tx.run(sql`
    update api_keys set revoked_at = now(), revoked_by = ${revokedBy} where id = ${id} and revoked_at is null`)
  if (revoked === 1) {
    appendEvents(tx, [{ tenantId, type: 'api_key.revoked', actor, subject: { type: 'api_key', id } }])
  }
  const key = await getApiKey(tx, id)
  return key && { key, changed: revoked === 1 }
}

export type KeyPlace = { id: string; tenantId: string }

/** Whose key this is; it is not asked here whether it still opens anything. Runs as the relay. */
export function findApiKey(relay: Tx, secretHash: Buffer): Promise<KeyPlace | undefined> {
  return relay.row<KeyPlace>(sql`
    select id, tenant_id as "tenantId" from api_keys where secret_hash = ${secretHash}`)
}

/** What decides about a request that a key makes: all of it in one question, and none of it remembered. */
export type KeyAccess = {
  state: ApiKey['state']
  tenantStatus: 'active' | 'suspended'
  permissions: string[]
  allowedAddresses: string[]
  limits: StoredLimits
  /** Calls of this month, as far as they have been counted. */
  apiCalls: number
  /** Whether its last use was written so long ago that it is time to write it again. */
  stale: boolean
}

export function apiKeyAccess(tx: Tx, id: string): Promise<KeyAccess | undefined> {
  return tx.row<KeyAccess>(sql`
    select case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'active' end as state,
      t.status as "tenantStatus", k.permissions, k.allowed_addresses as "allowedAddresses",
      jsonb_build_object('own', t.quotas, 'plan', p.limits) as limits,
      coalesce((select u.used from usage_counters u where u.tenant_id = k.tenant_id and u.quota = 'apiCalls'
        and u.month = date_trunc('month', now() at time zone 'UTC')::date), 0) as "apiCalls",
      coalesce(k.last_used_at < now() - interval '1 minute', true) as stale
    from api_keys k join tenants t on t.id = k.tenant_id join plans p on p.key = t.plan
    where k.id = ${id}`)
}

/** Writes the last use, at most once a minute however many processes see the key at once. */
export async function noteKeyUse(tx: Tx, { id, address }: { id: string; address: string }): Promise<void> {
  await tx.run(sql`
    update api_keys set last_used_at = now(), last_used_address = ${address}
    where id = ${id} and coalesce(last_used_at < now() - interval '1 minute', true)`)
}

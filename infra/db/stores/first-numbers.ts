import { sql, type Tx } from '../tx.ts'

/** Notes in the transaction that makes a tenant that it is to get a number: whoever tries first may be gone before it is there. */
export async function wishFirstNumber(tx: Tx, { tenantId }: { tenantId: string }): Promise<void> {
  await tx.run(sql`insert into first_numbers (tenant_id) values (${tenantId}) on conflict do nothing`)
}

/** Whichever number it is, and whoever connected it: the tenant has one. */
export function forgetFirstNumber(tx: Tx, tenantId: string): void {
  tx.write(sql`delete from first_numbers where tenant_id = ${tenantId}`)
}

export type NumberWish = { tenantId: string; attempts: number }

/**
 * Takes wishes that are due. Each counts as tried from here on and comes again after a while, longer each time up to ten
 * minutes: so nobody else tries meanwhile, and whoever ends in the middle leaves it to the next. Runs as the relay.
 */
export function takeNumberWishes(relay: Tx, limit: number): Promise<NumberWish[]> {
  return relay.rows<NumberWish>(sql`
    update first_numbers w set attempts = w.attempts + 1,
      due_at = now() + least(interval '10 minutes', power(2, least(w.attempts, 10)) * interval '15 seconds')
    where w.tenant_id in (
      select f.tenant_id from first_numbers f join tenants t on t.id = f.tenant_id and t.status = 'active'
      where f.due_at <= now() order by f.due_at limit ${limit} for update of f skip locked)
    returning w.tenant_id as "tenantId", w.attempts`)
}

/** Longer than connecting a number takes: one that has been at it for so long was left in the middle. */
const CONNECTING_MINUTES_MAX = 10

export type WishStanding =
  /** Somebody connects a number at this moment. */
  | { kind: 'connecting' }
  /** `leftId`: a number that was left in the middle, and is still taken. */
  | { kind: 'open'; name: string; leftIds: string[] }

/** What has become of a wish; undefined when the tenant has a number, and the wish is over. */
export async function standingOfWish(tx: Tx, tenantId: string): Promise<WishStanding | undefined> {
  const row = await tx.row<{ name: string; connected: boolean; connecting: boolean; leftIds: string[] }>(sql`
    select t.name, coalesce(bool_or(c.status <> 'pending'), false) as connected,
      coalesce(bool_or(c.status = 'pending' and c.updated_at > now() - make_interval(mins => ${CONNECTING_MINUTES_MAX})), false)
        as connecting,
      coalesce(array_agg(c.id) filter (where c.status = 'pending'), '{}') as "leftIds"
    from tenants t left join channels c on c.tenant_id = t.id where t.id = ${tenantId} group by t.name`)
  if (row === undefined || row.connected) {
    forgetFirstNumber(tx, tenantId)
    return undefined
  }
  return row.connecting ? { kind: 'connecting' } : { kind: 'open', name: row.name, leftIds: row.leftIds }
}

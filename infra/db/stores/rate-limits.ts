import { type Allowance, gapMs, WINDOW_MS } from '#domain/rate-limits/allowance.ts'
import { sql, type Tx } from '../tx.ts'

/** One bound on one subject: `limit` requests in a minute. */
export type Bound = { subject: string; limit: number }

/** What came of asking: each bound that was looked at, and the first one that refused. */
export type Charge<B extends Bound = Bound> = { held: (B & Allowance)[]; refused: (B & Allowance) | undefined }

type Row = { first: number | null; second: number | null }

/**
 * Takes one request out of a key's allowance and then, only if that had one, out of its tenant's: a key that hammers
 * uses up nobody else's. One statement, counted by the clock of Postgres, so that any number of processes count as one.
 */
export async function chargeKey<B extends Bound>(
  tx: Tx,
  tenantId: string,
  { key, tenant }: { key: B; tenant: B },
): Promise<Charge<B>> {
  const [own, shared] = [gapMs(key.limit), gapMs(tenant.limit)]
  const row = await tx.row<Row>(sql`
    with own as (
      insert into tenant_rates as r (tenant_id, subject, full_at)
      values (${tenantId}, ${key.subject}, clock_timestamp() + ${own}::float8 * interval '1 millisecond')
      on conflict (tenant_id, subject) do update
        set full_at = greatest(r.full_at, clock_timestamp()) + ${own}::float8 * interval '1 millisecond'
        where greatest(r.full_at, clock_timestamp()) + ${own}::float8 * interval '1 millisecond'
          <= clock_timestamp() + ${WINDOW_MS + 0.01}::float8 * interval '1 millisecond'
      returning full_at),
    shared as (
      insert into tenant_rates as r (tenant_id, subject, full_at)
      select ${tenantId}, ${tenant.subject}, clock_timestamp() + ${shared}::float8 * interval '1 millisecond' from own
      on conflict (tenant_id, subject) do update
        set full_at = greatest(r.full_at, clock_timestamp()) + ${shared}::float8 * interval '1 millisecond'
        where greatest(r.full_at, clock_timestamp()) + ${shared}::float8 * interval '1 millisecond'
          <= clock_timestamp() + ${WINDOW_MS + 0.01}::float8 * interval '1 millisecond'
      returning full_at)
    select (select extract(epoch from full_at - clock_timestamp()) * 1000 from own)::float8 as first,
      (select extract(epoch from full_at - clock_timestamp()) * 1000 from shared)::float8 as second`)
  if (row?.first === null || row?.first === undefined) return refusal(tx, [key, tenant], key)
  if (row.second === null) return refusal(tx, [key, tenant], tenant)
  return { held: [allowance(key, row.first), allowance(tenant, row.second)], refused: undefined }
}

const allowance = <B extends Bound>(bound: B, untilFullMs: number): B & Allowance => ({
  ...bound,
  untilFullMs: Math.max(0, untilFullMs),
})

/** Only who is refused pays for a second look: what they are told must be true. */
async function refusal<B extends Bound>(tx: Tx, bounds: readonly B[], by: B): Promise<Charge<B>> {
  const rows = await tx.rows<{ subject: string; ms: number }>(sql`
    select subject, (extract(epoch from full_at - clock_timestamp()) * 1000)::float8 as ms from tenant_rates
    where subject = any(${bounds.map(({ subject }) => subject)}::text[])`)
  const held = bounds.map((bound) => allowance(bound, rows.find(({ subject }) => subject === bound.subject)?.ms ?? 0))
  return { held, refused: held.find(({ subject }) => subject === by.subject) }
}

/**
 * Takes up to `count` requests of one subject at once, for whoever asks so often that each question would cost more than
 * its answer. @returns how many were given, and how the allowance stands.
 */
export async function leaseRequests(
  tx: Tx,
  tenantId: string,
  { subject, limit, count }: Bound & { count: number },
): Promise<{ given: number; untilFullMs: number }> {
  const gap = gapMs(limit)
  const row = await tx.row<{ given: number; ms: number }>(sql`
    with asked as materialized (
      select greatest(coalesce((select r.full_at from tenant_rates r where r.tenant_id = ${tenantId} and r.subject = ${subject}
        for update), clock_timestamp()), clock_timestamp()) as full_at),
    given as materialized (
      select full_at, least(${count}::int, greatest(0, floor((${WINDOW_MS}
        - extract(epoch from full_at - clock_timestamp()) * 1000) / ${gap}::float8 + 0.001)))::int as count from asked),
    kept as (
      insert into tenant_rates (tenant_id, subject, full_at)
      select ${tenantId}, ${subject}, full_at + count * ${gap}::float8 * interval '1 millisecond' from given
      on conflict (tenant_id, subject) do update set full_at = excluded.full_at returning full_at)
    select given.count as given, (extract(epoch from kept.full_at - clock_timestamp()) * 1000)::float8 as ms
    from given, kept`)
  return { given: row?.given ?? 0, untilFullMs: Math.max(0, row?.ms ?? 0) }
}

/** Takes one request out of the allowance of an address that has not proven to belong anywhere. Runs as the relay. */
export async function chargeAddress(relay: Tx, { subject, limit }: Bound): Promise<Charge> {
  const gap = gapMs(limit)
  const row = await relay.row<{ ms: number }>(sql`
    insert into address_rates as r (address, full_at)
    values (${subject}, clock_timestamp() + ${gap}::float8 * interval '1 millisecond')
    on conflict (address) do update
      set full_at = greatest(r.full_at, clock_timestamp()) + ${gap}::float8 * interval '1 millisecond'
      where greatest(r.full_at, clock_timestamp()) + ${gap}::float8 * interval '1 millisecond'
        <= clock_timestamp() + ${WINDOW_MS + 0.01}::float8 * interval '1 millisecond'
    returning (extract(epoch from full_at - clock_timestamp()) * 1000)::float8 as ms`)
  const bound = { subject, limit }
  if (row !== undefined) return { held: [allowance(bound, row.ms)], refused: undefined }
  const known = await relay.row<{ ms: number }>(sql`
    select (extract(epoch from full_at - clock_timestamp()) * 1000)::float8 as ms from address_rates
    where address = ${subject}`)
  const refused = allowance(bound, known?.ms ?? WINDOW_MS)
  return { held: [refused], refused }
}

/** Forgets addresses whose allowance has long been whole. Runs as the relay. */
export async function forgetAddresses(relay: Tx): Promise<void> {
  await relay.run(sql`delete from address_rates where full_at < now() - interval '1 hour'`)
}

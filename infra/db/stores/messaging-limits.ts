import { initiationsPerDay } from '#domain/channels/limits.ts'
import { sql, type Tx } from '../tx.ts'

const HOUR_MS = 3_600_000
const DAY_HOURS = 24

type Row = {
  contactId: string
  businessAccountId: string
  messagingLimit: string | null
  windowOpen: boolean
  counted: boolean
}

/**
 * CH-12: takes one of the people whom a business may begin to write to within a day. Whoever wrote to us within 24
 * hours, or was counted within them, costs nothing. Numbers of one business account share its limit.
 *
 * @returns undefined when the message may leave, else the instant at which an hour of earlier ones falls out.
 */
export async function takeInitiation(
  tx: Tx,
  { tenantId, messageId, nowMs }: { tenantId: string; messageId: string; nowMs: number },
): Promise<number | undefined> {
  const now = new Date(nowMs)
  const row = await tx.row<Row>(sql`
    select m.contact_id as "contactId", ch.business_account_id as "businessAccountId",
      ch.messaging_limit as "messagingLimit", coalesce(v.window_expires_at > ${now}, false) as "windowOpen",
      exists (select from initiated_contacts i where i.tenant_id = m.tenant_id
        and i.business_account_id = ch.business_account_id and i.contact_id = m.contact_id
        and i.at > ${new Date(nowMs - DAY_HOURS * HOUR_MS)}) as counted
    from messages m join conversations v on v.id = m.conversation_id join channels ch on ch.id = m.channel_id
    where m.tenant_id = ${tenantId} and m.id = ${messageId}`)
  const limit = initiationsPerDay(row?.messagingLimit ?? null)
  if (row === undefined || limit === null || row.windowOpen || row.counted) return undefined

  const { contactId, businessAccountId } = row
  const hour = new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS)
  // The row of the hour is the lock: two workers that reach for the last one take it one after the other.
  await tx.run(sql`
    insert into initiation_counts as c (tenant_id, business_account_id, hour) values (${tenantId}, ${businessAccountId}, ${hour})
    on conflict (tenant_id, business_account_id, hour) do update set count = c.count`)
  const counts = await tx.rows<{ hour: Date; count: number }>(sql`
    select hour, count from initiation_counts where tenant_id = ${tenantId} and business_account_id = ${businessAccountId}
      and hour > ${new Date(hour.getTime() - (DAY_HOURS + 1) * HOUR_MS)} and count > 0 order by hour`)
  if (counts.reduce((sum, { count }) => sum + count, 0) >= limit) {
    return (counts[0]?.hour ?? hour).getTime() + (DAY_HOURS + 1) * HOUR_MS
  }
  await tx.run(sql`
    with counted as (
      update initiation_counts set count = count + 1
      where tenant_id = ${tenantId} and business_account_id = ${businessAccountId} and hour = ${hour}
    ), forgotten as (
      delete from initiation_counts where tenant_id = ${tenantId} and business_account_id = ${businessAccountId}
        and hour < ${new Date(hour.getTime() - 2 * DAY_HOURS * HOUR_MS)}
    )
    insert into initiated_contacts (tenant_id, business_account_id, contact_id, at)
    values (${tenantId}, ${businessAccountId}, ${contactId}, ${now})
    on conflict (tenant_id, business_account_id, contact_id) do update set at = excluded.at`)
  return undefined
}

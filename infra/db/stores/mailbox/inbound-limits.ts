import {
  type Bucket,
  type BucketType,
  countConversation,
  countMessage,
  type LimitVerdict,
} from '#domain/conversations/inbound-limits.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'
import { sql, type Tx } from '../../tx.ts'
import { notify } from '../notifications.ts'

export type Admission =
  | { kind: 'pass' }
  | { kind: 'hold'; untilMs: number; reason: 'message_limit' | 'conversation_limit' }

/** Who may release held messages is told when some are held. */
const RELEASES_HELD: Permission = 'conversations.manage'

type Who = { tenantId: string; contactId: string; nowMs: number }

/** Instants as rows have them, or as JSON has them. */
type Instant = Date | string
export type BucketRow = {
  window_start: Instant
  window_end: Instant
  count: number
  blocked_until: Instant | null
}

export const toBucket = (row: BucketRow | null | undefined): Bucket | undefined =>
  row
    ? {
        windowStartMs: new Date(row.window_start).getTime(),
        windowEndMs: new Date(row.window_end).getTime(),
        count: row.count,
        blockedUntilMs: row.blocked_until === null ? null : new Date(row.blocked_until).getTime(),
      }
    : undefined

/** CONV-10: counts one message; the lane's lock makes reading and writing one step. */
export async function admitMessage(tx: Tx, who: Who): Promise<Admission> {
  const verdict = countMessage(await readBucket(tx, who, 'message'), who.nowMs)
  await writeBucket(tx, who, 'message', verdict)
  return toAdmission(verdict, 'message_limit')
}

/** CONV-11: counts the opening of one conversation. */
export async function admitConversation(tx: Tx, who: Who): Promise<Admission> {
  const verdict = countConversation(await readBucket(tx, who, 'conversation'), who.nowMs)
  await writeBucket(tx, who, 'conversation', verdict)
  return toAdmission(verdict, 'conversation_limit')
}

/** Until when the block of a contact lasts, if there is one. */
export async function blockedUntil(
  tx: Tx,
  { tenantId, contactId }: { tenantId: string; contactId: string },
): Promise<number | undefined> {
  const row = await tx.row<{ blocked_until: Date | null }>(sql`
    select blocked_until from rate_limit_buckets
    where tenant_id = ${tenantId} and contact_id = ${contactId} and bucket_type = 'message'`)
  return row?.blocked_until?.getTime()
}

/** CONV-12: a supervisor lifts the block, and the contact's next minute begins anew. */
export async function liftBlock(tx: Tx, who: { tenantId: string; contactId: string }): Promise<void> {
  await tx.run(sql`
    delete from rate_limit_buckets where tenant_id = ${who.tenantId} and contact_id = ${who.contactId}
      and bucket_type = 'message'`)
}

const toAdmission = (verdict: LimitVerdict, reason: 'message_limit' | 'conversation_limit'): Admission =>
  verdict.kind === 'pass' ? { kind: 'pass' } : { kind: 'hold', untilMs: verdict.untilMs, reason }

async function readBucket(tx: Tx, who: Who, type: BucketType): Promise<Bucket | undefined> {
  return toBucket(
    await tx.row<BucketRow>(sql`
      select window_start, window_end, count, blocked_until from rate_limit_buckets
      where tenant_id = ${who.tenantId} and contact_id = ${who.contactId} and bucket_type = ${type} for update`),
  )
}

async function writeBucket(tx: Tx, who: Who, type: BucketType, verdict: LimitVerdict): Promise<void> {
  const { bucket } = verdict
  const blockedUntil = bucket.blockedUntilMs === null ? null : new Date(bucket.blockedUntilMs)
  await tx.run(sql`
    insert into rate_limit_buckets (tenant_id, contact_id, bucket_type, window_start, window_end, count, is_blocked, blocked_until)
    values (${who.tenantId}, ${who.contactId}, ${type}, ${new Date(bucket.windowStartMs)}, ${new Date(bucket.windowEndMs)},
      ${bucket.count}, ${blockedUntil !== null}, ${blockedUntil})
    on conflict (tenant_id, contact_id, bucket_type) do update set window_start = excluded.window_start,
      window_end = excluded.window_end, count = excluded.count, is_blocked = excluded.is_blocked,
      blocked_until = excluded.blocked_until`)
  if (verdict.kind === 'hold' && verdict.newlyBlocked) await tellSupervisors(tx, who, type)
}

/** CONV-12: everyone who may release held messages is told once per block, with the contact and the reason. */
async function tellSupervisors(tx: Tx, who: Who, type: BucketType): Promise<void> {
  const people = await tx.rows<{ person_id: string }>(sql`
    select m.person_id from memberships m join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.tenant_id = ${who.tenantId} and m.status = 'active' and ${RELEASES_HELD} = any(r.permissions)`)
  for (const { person_id: personId } of people) {
    await notify(tx, {
      tenantId: who.tenantId,
      personId,
      kind: 'contact_blocked',
      subject: { type: 'contact', id: who.contactId },
      params: { reason: type },
    })
  }
}

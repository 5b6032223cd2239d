import { paceAt } from '#domain/channels/limits.ts'
import type { ChannelEvent, ChannelStatus } from '#domain/channels/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { appendEvents } from './events.ts'
import { forgetFirstNumber } from './first-numbers.ts'
import { fetchAgain } from './media-fetches.ts'
import { assertQuota } from './quotas.ts'

/** A connected number as its row has it; the secrets are still sealed. */
export type ChannelRow = {
  id: string
  tenantId: string
  kind: 'whatsapp_cloud'
  name: string
  status: ChannelStatus
  statusReason: string | null
  businessAccountId: string
  phoneNumberId: string
  displayPhone: string
  verifiedName: string
  quality: string
  messagingLimit: string | null
  messagesPerSecond: number
  webhookKey: string
  baseUrl: string | null
  accessToken: Buffer
  appSecret: Buffer
  verifyToken: Buffer
  templateCount: number
  lastInboundAt: Date | null
  createdAt: Date
  updatedAt: Date
}

const COLUMNS = part`
  select c.id, c.tenant_id as "tenantId", c.kind, c.name, c.status, c.status_reason as "statusReason",
    c.business_account_id as "businessAccountId", c.external_id as "phoneNumberId", c.display_phone as "displayPhone",
    c.verified_name as "verifiedName", c.quality, c.messaging_limit as "messagingLimit",
    c.messages_per_second as "messagesPerSecond", c.webhook_key as "webhookKey", c.base_url as "baseUrl",
    c.access_token as "accessToken", c.app_secret as "appSecret", c.verify_token as "verifyToken",
    (select count(*) from templates t where t.tenant_id = c.tenant_id and t.channel_id = c.id and t.status <> 'deleted')
      as "templateCount",
    c.last_inbound_at as "lastInboundAt", c.created_at as "createdAt", c.updated_at as "updatedAt"
  from channels c`

/** Numbers in the order they were connected; the position is the id. */
export const listChannels = (tx: Tx, { limit, after }: ListPage): Promise<ChannelRow[]> =>
  tx.rows<ChannelRow>(query(COLUMNS, after && part`where c.id > ${after[0]}::uuid`, part`order by c.id limit ${limit}`))

export const getChannel = (tx: Tx, id: string): Promise<ChannelRow | undefined> =>
  tx.row<ChannelRow>(query(COLUMNS, part`where c.id = ${id}`))

export const getChannelByNumber = (tx: Tx, phoneNumberId: string): Promise<ChannelRow | undefined> =>
  tx.row<ChannelRow>(query(COLUMNS, part`where c.external_id = ${phoneNumberId}`))

export type NewChannel = Pick<
  ChannelRow,
  | 'id'
  | 'name'
  | 'businessAccountId'
  | 'phoneNumberId'
  | 'webhookKey'
  | 'baseUrl'
  | 'accessToken'
  | 'appSecret'
  | 'verifyToken'
>

/**
 * Writes a number that is about to be connected: its row must be there before the provider asks whether our address is
 * ours. A number that was disconnected keeps its row, and its conversations with it.
 *
 * @throws DomainError quota_exceeded (CH-06), conflict when the number is connected here or elsewhere.
 */
export async function beginChannel(tx: Tx, { tenantId }: Acting, input: NewChannel): Promise<string> {
  await assertQuota(tx, tenantId, 'channels')
  const row = await tx.row<{ id: string }>(sql`
    insert into channels (id, tenant_id, name, status, business_account_id, external_id, webhook_key, base_url,
      access_token, app_secret, verify_token)
    values (${input.id}, ${tenantId}, ${input.name}, 'pending', ${input.businessAccountId}, ${input.phoneNumberId},
      ${input.webhookKey}, ${input.baseUrl}, ${input.accessToken}, ${input.appSecret}, ${input.verifyToken})
    on conflict (kind, external_id) do nothing
    returning id`)
  if (row === undefined) throw new DomainError('conflict', 'This number is connected already.')
  return row.id
}

/** Puts a disconnected number back to the start of connecting, with new credentials. @returns false unless it is one. */
export async function beginAgain(tx: Tx, { tenantId }: Acting, input: NewChannel): Promise<boolean> {
  await assertQuota(tx, tenantId, 'channels')
  const changed = await tx.run(sql`
    update channels set status = 'pending', status_reason = null, name = ${input.name}, base_url = ${input.baseUrl},
      access_token = ${input.accessToken}, app_secret = ${input.appSecret}, verify_token = ${input.verifyToken}, updated_at = now()
    where id = ${input.id} and status = 'disconnected'`)
  return changed === 1
}

/** What the provider says about a number. */
export type NumberFacts = {
  displayPhone: string
  verifiedName: string
  quality: string
  messagingLimit: string | null
  /** The level of its throughput, in the provider's word. */
  level: string | null
}

/** The number is connected: messages may come and go from this commit on. */
export async function completeChannel(
  tx: Tx,
  { tenantId, actor }: Acting,
  { id, facts }: { id: string; facts: NumberFacts },
): Promise<void> {
  await writeFacts(tx, { id, facts })
  await tx.run(sql`update channels set status = 'connected', status_reason = null where id = ${id}`)
  forgetFirstNumber(tx, tenantId)
  await fetchAgain(tx, { tenantId, actor }, id)
  appendEvents(tx, [{ tenantId, type: 'channel.connected', actor, subject: { type: 'channel', id } }])
}

export async function writeFacts(tx: Tx, { id, facts }: { id: string; facts: NumberFacts }): Promise<void> {
  const known = await tx.row<{ pace: number }>(sql`
    select messages_per_second as pace from channels where id = ${id} for update`)
  if (known === undefined) return
  await tx.run(sql`
    update channels set display_phone = ${facts.displayPhone}, verified_name = ${facts.verifiedName},
      quality = ${facts.quality}, messaging_limit = ${facts.messagingLimit},
      messages_per_second = ${paceAt(facts.level, known.pace)}, updated_at = now()
    where id = ${id}`)
}

/** Takes back a number that could not be connected: nothing has happened on it yet. */
export async function abandonChannel(tx: Tx, { id, reason }: { id: string; reason: string }): Promise<void> {
  const used = await tx.row(sql`select 1 from conversations where channel_id = ${id} limit 1`)
  if (used === undefined) await tx.run(sql`delete from channels where id = ${id} and status = 'pending'`)
  else await tx.run(sql`update channels set status = 'disconnected', status_reason = ${reason} where id = ${id}`)
}

export type ChannelChange = {
  name?: string | undefined
  messagesPerSecond?: number | undefined
  accessToken?: Buffer | undefined
  appSecret?: Buffer | undefined
}

export async function changeChannel(
  tx: Tx,
  { tenantId, actor }: Acting,
  { id, change }: { id: string; change: ChannelChange },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update channels set name = coalesce(${change.name ?? null}, name),
      messages_per_second = coalesce(${change.messagesPerSecond ?? null}, messages_per_second),
      access_token = coalesce(${change.accessToken ?? null}, access_token),
      app_secret = coalesce(${change.appSecret ?? null}, app_secret), updated_at = now()
    where id = ${id}`)
  if (changed === 0) return false
  const fields = Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field]))
  appendEvents(tx, [
    { tenantId, type: 'channel.changed', actor, subject: { type: 'channel', id }, data: { changed: fields } },
  ])
  if (change.accessToken !== undefined) await fetchAgain(tx, { tenantId, actor }, id)
  return true
}

/** Nothing leaves over a disconnected number; what is queued waits until it is connected again. */
export async function setChannelStatus(
  tx: Tx,
  { tenantId, actor }: Acting,
  { id, status, reason }: { id: string; status: ChannelStatus; reason: string | null },
): Promise<void> {
  const changed = await tx.run(sql`
    update channels set status = ${status}, status_reason = ${reason}, updated_at = now()
    where id = ${id} and (status <> ${status} or status_reason is distinct from ${reason})`)
  if (changed === 0) return
  appendEvents(tx, [
    { tenantId, type: 'channel.changed', actor, subject: { type: 'channel', id }, data: { status, reason } },
  ])
}

/** What the provider told about a number (CH-04), the last first; the position is the id. */
export async function listChannelEvents(
  tx: Tx,
  { channelId, limit, after }: ListPage & { channelId: string },
): Promise<ChannelEvent[]> {
  const rows = await tx.rows<Omit<ChannelEvent, 'at'> & { at: Date }>(
    query(
      part`select id, channel_id as "channelId", kind, at, payload from channel_events where channel_id = ${channelId}`,
      after && part`and id < ${after[0]}::uuid`,
      part`order by id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, at: iso(row.at) }))
}

/** Numbers that are taken by any tenant. Runs as the relay, which sees across tenants. */
export async function takenNumbers(tx: Tx): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ external_id: string }>(sql`select external_id from channels`)
  return new Set(rows.map((row) => row.external_id))
}

import { providerStateOf } from '#domain/messages/status-lattice.ts'
import { newId } from '#infra/ids.ts'
import {
  type InboundItem,
  type MessageItem,
  mapItem,
  type RawItem,
  type StatusItem,
} from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { type InboundLane, markItemsDone, type StoredItem } from '../inbound.ts'
import { takeInAccountItem } from './account-items.ts'
import { annotate, isAnnotation } from './annotations.ts'
import { contactOf, type IntakeChannel } from './contact-of.ts'
import { takeInEcho } from './echoes.ts'
import { type InboundMessage, takeInMessages } from './intake.ts'
import { applyStatuses, type StatusUpdate } from './statuses.ts'

export type IntakeBatch = { lane: InboundLane; items: readonly StoredItem[]; nowMs: number }

type Mapped = { itemId: string; item: InboundItem }
type Intake = IntakeBatch & { tenantId: string; channel: IntakeChannel }

/** Takes the items of one lane, in order, in the caller's transaction. */
export async function takeInItems(tx: Tx, batch: IntakeBatch): Promise<void> {
  const { tenantId } = batch.lane
  const mapped = batch.items.map((stored) => ({ itemId: stored.id, item: mapItem(stored.item as RawItem) }))
  const intake: Intake = { ...batch, tenantId, channel: await channelOf(tx, batch.lane) }

  const bad = mapped.filter(({ item }) => item.kind === 'bad')
  const statuses = mapped.filter(({ item }) => item.kind === 'status')
  const unresolved = new Set(statuses.length === 0 ? [] : await takeInStatuses(tx, intake, statuses))
  let run: Mapped[] = []
  for (const entry of mapped) {
    if (entry.item.kind === 'message' && !isAnnotation(entry.item) && entry.item.groupId === undefined) {
      run.push(entry)
      continue
    }
    await takeInRun(tx, intake, run)
    run = []
    await takeInOther(tx, intake, entry)
  }
  await takeInRun(tx, intake, run)

  const apart = new Set([...bad.map((entry) => entry.itemId), ...unresolved])
  await markItemsDone(
    tx,
    mapped.filter((entry) => !apart.has(entry.itemId)).map((entry) => entry.itemId),
  )
  for (const { itemId, item } of bad) await park(tx, itemId, item.kind === 'bad' ? item.reason : '')
  if (unresolved.size > 0) await postpone(tx, [...unresolved])
}

async function channelOf(tx: Tx, { channelId }: InboundLane): Promise<IntakeChannel> {
  const row = await tx.row<ChannelRow>(sql`
    select c.id, c.kind, c.business_account_id, (t.settings ->> 'reopenWindowMs')::bigint as reopen_ms,
      c.last_inbound_at is null or c.last_inbound_at < now() - interval '1 minute' as was_quiet
    from channels c join tenants t on t.id = c.tenant_id where c.id = ${channelId}`)
  if (row === undefined) throw new Error(`channel ${channelId} is not there`)
  // Once a minute is exact enough for people, and a busy number's row is not written by every message.
  if (row.was_quiet) await tx.run(sql`update channels set last_inbound_at = now() where id = ${channelId}`)
  return { id: row.id, kind: row.kind, businessAccountId: row.business_account_id, reopenWindowMs: row.reopen_ms ?? 0 }
}

type ChannelRow = {
  id: string
  kind: string
  business_account_id: string
  reopen_ms: number | null
  was_quiet: boolean
}

/** Messages of one person that follow each other are placed together: one lock, one bell. */
async function takeInRun(tx: Tx, intake: Intake, run: readonly Mapped[]): Promise<void> {
  let rest = run
  while (rest.length > 0) {
    const sender = (rest[0]!.item as MessageItem).from
    const key = JSON.stringify(sender.externalIds)
    const end = rest.findIndex(({ item }) => JSON.stringify((item as MessageItem).from.externalIds) !== key)
    const together = end === -1 ? rest : rest.slice(0, end)
    const contactId = await contactOf(tx, { tenantId: intake.tenantId, channel: intake.channel, sender })
    const messages = together.map(({ item }) => toMessage(item as MessageItem, intake.nowMs))
    await takeInMessages(tx, { ...place(intake), contactId, messages, nowMs: intake.nowMs })
    await registerMedia(tx, intake, messages)
    rest = end === -1 ? [] : rest.slice(end)
  }
}

const place = ({ tenantId, channel }: Intake) => ({
  tenantId,
  channelId: channel.id,
  reopenWindowMs: channel.reopenWindowMs,
})

function toMessage(item: MessageItem, nowMs: number): InboundMessage {
  const context = {
    ...item.context,
    ...(item.referral === undefined ? {} : { referral: item.referral }),
    ...(item.errors.length === 0 ? {} : { errors: item.errors }),
  }
  const content =
    'media' in item.content ? { ...item.content, media: { ...item.content.media, fileId: newId() } } : item.content
  return {
    id: newId(),
    externalId: item.externalId,
    // A provider's clock may run ahead; the service window must not.
    sentAtMs: Math.min(item.sentAtMs ?? nowMs, nowMs),
    content,
    ...(item.context?.externalId === undefined ? {} : { replyToExternalId: item.context.externalId }),
    ...(Object.keys(context).length === 0 ? {} : { context }),
  }
}

/** Files of a provider are fetched at once, because its ids and addresses die. */
async function registerMedia(tx: Tx, intake: Intake, messages: readonly InboundMessage[]): Promise<void> {
  for (const { id, content } of messages) {
    if (!('media' in content) || content.media.providerMediaId === undefined) continue
    const { media } = content
    await tx.run(sql`
      insert into media_files (id, tenant_id, message_id, channel_id, media_type, provider_media_id, mime_type, file_name, sha256)
      values (${media.fileId!}, ${intake.tenantId}, ${id}, ${intake.channel.id}, ${content.kind}, ${media.providerMediaId!},
        ${media.mimeType ?? 'application/octet-stream'}, ${media.fileName ?? null}, ${media.sha256 ?? null})`)
  }
}

async function takeInOther(tx: Tx, intake: Intake, { item }: Mapped): Promise<void> {
  if (item.kind === 'status' || item.kind === 'bad') return
  if (item.kind === 'message' && item.groupId === undefined)
    return annotate(tx, { ...place(intake), channel: intake.channel, item, nowMs: intake.nowMs })
  if (item.kind === 'echo' && item.groupId === undefined)
    return takeInEcho(tx, { ...place(intake), channel: intake.channel, item, nowMs: intake.nowMs })
  await takeInAccountItem(tx, { tenantId: intake.tenantId, channel: intake.channel, item })
}

async function takeInStatuses(tx: Tx, intake: Intake, statuses: readonly Mapped[]): Promise<string[]> {
  const updates = statuses.map(({ itemId, item }) => toUpdate(itemId, item as StatusItem, intake.nowMs))
  const { unresolvedItemIds } = await applyStatuses(tx, {
    tenantId: intake.tenantId,
    channelId: intake.channel.id,
    updates,
  })
  return unresolvedItemIds
}

function toUpdate(itemId: string, item: StatusItem, nowMs: number): StatusUpdate {
  const [, messageId, attempt] = /^([0-9a-f-]{36})\.(\d+)$/.exec(item.callbackData ?? '') ?? []
  return {
    itemId,
    externalId: item.externalId,
    status: item.status,
    state: providerStateOf(item.status),
    atMs: item.atMs ?? nowMs,
    errors: item.errors,
    ...(messageId === undefined ? {} : { callback: { messageId, attempt: Number(attempt) } }),
    ...(item.pricing === undefined ? {} : { pricing: item.pricing }),
  }
}

async function park(tx: Tx, itemId: string, reason: string): Promise<void> {
  await tx.run(sql`update inbound_events set state = 'dead', error = ${reason}, done_at = now() where id = ${itemId}`)
}

/** A status may come before the answer of its send is stored. After about a minute it is somebody else's message. */
async function postpone(tx: Tx, itemIds: readonly string[]): Promise<void> {
  await tx.run(sql`
    update inbound_events set attempts = attempts + 1, retry_at = now() + make_interval(secs => power(2, attempts)),
      state = case when attempts >= 5 then 'done' else 'new' end,
      error = case when attempts >= 5 then 'unknown_message' end, done_at = case when attempts >= 5 then now() end
    where id = any(${itemIds}::uuid[])`)
}

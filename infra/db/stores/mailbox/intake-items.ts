import { providerStateOf } from '#domain/messages/status-lattice.ts'
import { newId } from '#infra/ids.ts'
import { asyncFailure } from '#infra/providers/whatsapp/failures.ts'
import {
  type InboundItem,
  type MessageItem,
  mapItem,
  type RawItem,
  type Sender,
  type StatusItem,
} from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { takeProbes } from '../diagnostic-probes.ts'
import type { StoredItem } from '../inbound.ts'
import { takeInAccountItem } from './account-items.ts'
import { annotate, isAnnotation } from './annotations.ts'
import { contactOf, type IntakeChannel } from './contact-of.ts'
import { takeInEcho } from './echoes.ts'
import { type InboundMessage, takeInMessages } from './intake.ts'
import type { IntakeChannels } from './intake-channels.ts'
import { takeInTogether, type Written } from './intake-together.ts'
import { registerMedia } from './media-rows.ts'
import { applyStatuses, type StatusUpdate } from './statuses.ts'

export type IntakeBatch = {
  tenantId: string
  channelId: string
  channels: IntakeChannels
  items: readonly StoredItem[]
  nowMs: number
}

type Mapped = { itemId: string; lane: string; item: InboundItem }
type Intake = Pick<IntakeBatch, 'tenantId' | 'nowMs'> & { channel: IntakeChannel }

/** Takes items of some lanes of one channel, each lane's in order, in the caller's transaction. */
export async function takeInItems(tx: Tx, batch: IntakeBatch): Promise<void> {
  const { tenantId, channelId, channels, nowMs } = batch
  const probes = batch.items.filter(({ kind }) => kind === 'probe')
  if (probes.length > 0) await takeProbes(tx, { tenantId, channelId, items: probes })
  // A number that hears only its own house has not heard anything.
  if (probes.length === batch.items.length) return
  const items = batch.items.filter(({ kind }) => kind !== 'probe')
  const mapped = items.map(({ id, lane, item }) => ({ itemId: id, lane, item: mapItem(item as RawItem) }))
  const intake: Intake = { tenantId, nowMs, channel: await channels.of(tx, channelId, nowMs) }

  const bad = mapped.filter(({ item }) => item.kind === 'bad')
  const statuses = mapped.filter(({ item }) => item.kind === 'status')
  const unresolved = new Set(statuses.length === 0 ? [] : await takeInStatuses(tx, intake, statuses))
  const said = [...Map.groupBy(mapped, ({ lane }) => lane).values()].filter((lane) => lane.some(isSaid))
  const plain = said.filter(isOnlyWritten).map((lane) => writtenBy(intake, lane))
  const strangers = await takeInTogether(tx, { ...intake, written: plain })
  for (const { sender, messages } of strangers) await takeInWritten(tx, intake, sender, messages)
  for (const lane of said) if (!isOnlyWritten(lane)) await takeInLane(tx, intake, lane)

  for (const { itemId, item } of bad) await park(tx, itemId, item.kind === 'bad' ? item.reason : '')
  if (unresolved.size > 0) await postpone(tx, [...unresolved])
}

const isSaid = ({ item }: Mapped): boolean => item.kind !== 'status' && item.kind !== 'bad'
const isWritten = ({ item }: Mapped): boolean =>
  item.kind === 'message' && !isAnnotation(item) && item.groupId === undefined
const senderKey = ({ item }: Mapped): string => JSON.stringify((item as MessageItem).from.externalIds)

/** A lane that holds nothing but messages of one person: by far the most common, hence taken together with others. */
const isOnlyWritten = (lane: readonly Mapped[]): boolean =>
  lane.every((entry) => isWritten(entry) && senderKey(entry) === senderKey(lane[0]!))

const writtenBy = (intake: Intake, lane: readonly Mapped[]): Written => ({
  sender: (lane[0]!.item as MessageItem).from,
  messages: lane.map(({ item }) => toMessage(item as MessageItem, intake.nowMs)),
})

/** Item by item, in order; messages of one person that follow each other are placed together: one lock, one bell. */
async function takeInLane(tx: Tx, intake: Intake, lane: readonly Mapped[]): Promise<void> {
  let run: Mapped[] = []
  const flush = async () => {
    if (run.length === 0) return
    const { sender, messages } = writtenBy(intake, run)
    run = []
    await takeInWritten(tx, intake, sender, messages)
  }
  for (const entry of lane) {
    if (!isWritten(entry)) {
      await flush()
      await takeInOther(tx, intake, entry)
      continue
    }
    if (run.length > 0 && senderKey(run[0]!) !== senderKey(entry)) await flush()
    run.push(entry)
  }
  await flush()
}

async function takeInWritten(
  tx: Tx,
  intake: Intake,
  sender: Sender,
  messages: readonly InboundMessage[],
): Promise<void> {
  const contactId = await contactOf(tx, { tenantId: intake.tenantId, channel: intake.channel, sender })
  await takeInMessages(tx, { ...place(intake), contactId, messages, nowMs: intake.nowMs })
  await registerMedia(tx, { tenantId: intake.tenantId, channelId: intake.channel.id, messages })
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
    ...(item.status === 'failed' ? { failure: asyncFailure(item.errors) } : {}),
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

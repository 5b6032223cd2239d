import { defined, mapContent, type ProviderError, phoneDigits, toErrors } from './content.ts'
import type { InboundItem, MessageContext, Origin, Referral, Sender, TemplateItem } from './items.ts'
import { isObject, type RawItem, splitWebhook, type Unparsable } from './split.ts'
import {
  WireCall,
  WireContact,
  WireErrors,
  WireMessage,
  WirePreference,
  WireStatus,
  WireTemplateEvent,
} from './wire.ts'

export type {
  AccountItem,
  BadItem,
  CallItem,
  EchoItem,
  ErrorsItem,
  ExternalIds,
  InboundItem,
  MessageContext,
  MessageItem,
  PreferenceItem,
  Referral,
  Sender,
  StatusItem,
  TemplateItem,
  UnknownItem,
} from './items.ts'
export { type ItemKind, type RawItem, type SplitItem, splitWebhook, type Unparsable } from './split.ts'

/** Reads a whole body at once: split and map in one call, for tests and tools. */
export function parseWebhook(raw: Uint8Array): { items: InboundItem[]; unparsable?: Unparsable } {
  const { items, unparsable } = splitWebhook(raw)
  const mapped = items.map(({ item }) => mapItem(item))
  return unparsable === undefined ? { items: mapped } : { items: mapped, unparsable }
}

/** Puts one stored item into the words of the house. It never throws: what does not fit becomes `bad` with a reason. */
export function mapItem(item: RawItem): InboundItem {
  const origin: Origin = defined({
    key: item.key,
    wabaId: item.wabaId,
    phoneNumberId: item.phoneNumberId,
    raw: item,
  })
  try {
    return MAPPERS[item.kind]?.(item, origin) ?? { ...origin, kind: 'bad', reason: item.reason ?? 'unreadable' }
  } catch (error) {
    return { ...origin, kind: 'bad', reason: error instanceof Error ? error.message.slice(0, 500) : 'unreadable' }
  }
}

type Mapper = (item: RawItem, origin: Origin) => InboundItem | undefined

const MAPPERS: Readonly<Record<RawItem['kind'], Mapper>> = {
  message: mapMessage,
  status: mapStatus,
  echo: mapEcho,
  preference: mapPreference,
  call: mapCall,
  template: mapTemplate,
  account: mapAccount,
  errors: (item, origin) => ({ ...origin, kind: 'errors', errors: errorsOf(item.body) }),
  unknown: (item, origin) => ({ ...origin, kind: 'unknown', field: item.field }),
  // Taken in before anything is mapped; see `diagnostic-probes.ts`.
  probe: () => undefined,
  bad: () => undefined,
}

function mapMessage(item: RawItem, origin: Origin): InboundItem {
  const message = WireMessage.parse(item.body)
  const { phoneNumberId } = item
  if (phoneNumberId === undefined) return { ...origin, kind: 'bad', reason: 'message_without_phone_number_id' }
  const from = senderOf(item.contact, {
    id: message.from,
    // After a change of id only the old one finds the contact that we know.
    userId: message.from_user_id ?? message.system?.previous_user_id,
    parentUserId: message.from_parent_user_id ?? message.system?.previous_parent_user_id,
  })
  if (from.externalIds.waId === undefined && from.externalIds.userId === undefined) {
    return { ...origin, kind: 'bad', reason: 'message_without_sender' }
  }
  return defined({
    ...origin,
    kind: 'message',
    phoneNumberId,
    from,
    externalId: message.id,
    sentAtMs: toMs(message.timestamp),
    wireType: message.type ?? '',
    content: mapContent(message, errorsOf({ errors: item.valueErrors })),
    context: contextOf(message),
    referral: referralOf(message),
    groupId: message.group_id,
    errors: toErrors(message.errors),
  })
}

function mapEcho(item: RawItem, origin: Origin): InboundItem {
  const message = WireMessage.parse(item.body)
  const { phoneNumberId } = item
  if (phoneNumberId === undefined) return { ...origin, kind: 'bad', reason: 'echo_without_phone_number_id' }
  const ids = { id: message.to, userId: message.to_user_id, parentUserId: message.to_parent_user_id }
  return defined({
    ...origin,
    kind: 'echo',
    phoneNumberId,
    externalId: message.id,
    to: senderOf(item.contact, ids),
    sentAtMs: toMs(message.timestamp),
    wireType: message.type ?? '',
    content: mapContent(message),
    context: contextOf(message),
    groupId: message.group_id,
  })
}

function mapStatus(item: RawItem, origin: Origin): InboundItem {
  const wire = WireStatus.parse(item.body)
  const isGroup = wire.recipient_type === 'group'
  const person = senderOf(item.contact, {
    id: isGroup ? wire.recipient_participant_id : wire.recipient_id,
    userId: wire.recipient_user_id,
    parentUserId: wire.recipient_parent_user_id ?? wire.parent_recipient_user_id ?? wire.parent_user_id,
  })
  return defined({
    ...origin,
    kind: 'status',
    externalId: wire.id,
    status: wire.status ?? '',
    atMs: toMs(wire.timestamp),
    callbackData: wire.biz_opaque_callback_data,
    recipient: defined({
      ...person,
      groupId: isGroup ? wire.recipient_id : undefined,
      participantId: wire.recipient_participant_id,
    }),
    errors: toErrors(wire.errors),
    pricing:
      wire.pricing &&
      defined({
        category: wire.pricing.category?.replaceAll('-', '_'),
        type: wire.pricing.type,
        model: wire.pricing.pricing_model,
        billable: wire.pricing.billable,
      }),
    conversation:
      wire.conversation &&
      defined({
        id: wire.conversation.id,
        origin: wire.conversation.origin?.type,
        expiresAtMs: toMs(wire.conversation.expiration_timestamp),
      }),
  })
}

function mapPreference(item: RawItem, origin: Origin): InboundItem {
  const wire = WirePreference.parse(item.body)
  return defined({
    ...origin,
    kind: 'preference',
    from: senderOf(item.contact, { id: wire.wa_id, userId: wire.user_id, parentUserId: wire.parent_user_id }),
    category: wire.category ?? '',
    value: wire.value ?? '',
    detail: wire.detail,
    atMs: toMs(wire.timestamp),
  })
}

function mapCall(item: RawItem, origin: Origin): InboundItem {
  const wire = WireCall.parse(item.body)
  const fromContact = wire.direction === 'USER_INITIATED'
  const id = fromContact ? wire.from : (wire.recipient_id ?? wire.to)
  return defined({
    ...origin,
    kind: 'call',
    externalId: wire.id,
    event: (wire.event ?? wire.status ?? '').toLowerCase(),
    direction: wire.direction,
    peer: senderOf(item.contact, { id, userId: fromContact ? wire.from_user_id : wire.recipient_user_id }),
    atMs: toMs(wire.timestamp),
    callbackData: wire.biz_opaque_callback_data,
    fromContact,
  })
}

const TEMPLATE_CHANGES: Readonly<Record<string, TemplateItem['change']>> = {
  message_template_status_update: 'status',
  message_template_quality_update: 'quality',
  message_template_components_update: 'components',
  template_category_update: 'category',
}

function mapTemplate(item: RawItem, origin: Origin): InboundItem {
  const wire = WireTemplateEvent.parse(item.body)
  const change = TEMPLATE_CHANGES[item.field] ?? 'status'
  const words = {
    status: wire.event,
    quality: wire.new_quality_score,
    category: wire.new_category,
    components: 'CHANGED',
  }
  return defined({
    ...origin,
    kind: 'template',
    change,
    templateId: wire.message_template_id,
    name: wire.message_template_name,
    language: wire.message_template_language?.replaceAll('-', '_'),
    event: (words[change] ?? '').toUpperCase(),
    reason: wire.reason === 'NONE' ? undefined : wire.reason,
    detail: wire.rejection_info?.reason ?? wire.other_info?.description ?? wire.other_info?.title,
    // A notice in advance names the category that Meta will move the template to in `correct_category`.
    category: (wire.correct_category ?? wire.new_category ?? wire.message_template_category)?.toLowerCase(),
    previousCategory: (wire.previous_category ?? (wire.correct_category && wire.new_category))?.toLowerCase(),
    atMs: toMs(item.timeSeconds),
  })
}

/** Where the different account fields keep the word that says what happened. */
function mapAccount(item: RawItem, origin: Origin): InboundItem {
  const value = isObject(item.body) ? item.body : {}
  const groups = Array.isArray(value['groups']) && isObject(value['groups'][0]) ? value['groups'][0] : {}
  const alert = isObject(value['alert_info']) ? value['alert_info'] : {}
  const words = [value['event'], value['decision'], alert['alert_type'], groups['type']]
  const phone = value['display_phone_number']
  return defined({
    ...origin,
    kind: 'account',
    field: item.field,
    event: words.find((word): word is string => typeof word === 'string' && word !== '') ?? item.field,
    displayPhoneNumber: typeof phone === 'string' ? phone : undefined,
    atMs: toMs(item.timeSeconds),
  })
}

type WireIds = { id: string | undefined; userId: string | undefined; parentUserId?: string | undefined }

const PARENT_USER_ID = /^[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}$/
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/

/** `from` and its kin mean the phone, but a business-scoped user id has been seen there too. */
function senderOf(wireContact: unknown, { id, userId, parentUserId }: WireIds): Sender {
  const contact = WireContact.safeParse(wireContact).data
  const idIsUser = id !== undefined && USER_ID.test(id)
  const idIsParent = id !== undefined && PARENT_USER_ID.test(id)
  return defined({
    externalIds: defined({
      waId: phoneDigits(idIsUser || idIsParent ? contact?.wa_id : (id ?? contact?.wa_id)),
      userId: userId ?? (idIsUser ? id : contact?.user_id),
      parentUserId: parentUserId ?? (idIsParent ? id : contact?.parent_user_id),
    }),
    profileName: contact?.profile?.name,
    username: (contact?.profile?.username ?? contact?.username)?.replace(/^@/, ''),
  })
}

function contextOf({ context }: WireMessage): MessageContext | undefined {
  if (context === undefined) return undefined
  const product = context.referred_product
  return defined({
    externalId: context.id,
    forwarded: context.frequently_forwarded ? 'often' : context.forwarded ? 'once' : undefined,
    referredProduct:
      product && defined({ catalogId: product.catalog_id, productRetailerId: product.product_retailer_id }),
  })
}

function referralOf({ referral }: WireMessage): Referral | undefined {
  if (referral === undefined) return undefined
  return defined({
    sourceUrl: referral.source_url,
    sourceId: referral.source_id,
    sourceType: referral.source_type,
    headline: referral.headline,
    body: referral.body,
    mediaType: referral.media_type,
    clickId: referral.ctwa_clid,
  })
}

function errorsOf(value: unknown): ProviderError[] {
  return toErrors(WireErrors.parse(isObject(value) ? value['errors'] : undefined))
}

/** Seconds since the epoch to milliseconds; old payloads carried milliseconds already, told by their size. */
function toMs(timestamp: number | undefined): number | undefined {
  if (timestamp === undefined || timestamp <= 0) return undefined
  return timestamp >= 100_000_000_000 ? Math.trunc(timestamp) : Math.trunc(timestamp * 1_000)
}

import type { InboundContent } from '#domain/messages/schema.ts'
import type { ProviderError } from './content.ts'
import type { RawItem } from './split.ts'

/** The names a contact has at WhatsApp. `waId` is the phone in digits; a username user may have only `userId`. */
export type ExternalIds = { waId?: string; userId?: string; parentUserId?: string }
export type Sender = { externalIds: ExternalIds; profileName?: string; username?: string }

/** `key` is unique per item and the same at every redelivery; `raw` is the stored item it was read from. */
export type Origin = { key: string; wabaId?: string; phoneNumberId?: string; raw: RawItem }

export type MessageContext = {
  externalId?: string
  forwarded?: 'once' | 'often'
  referredProduct?: { catalogId?: string; productRetailerId?: string }
}
export type Referral = {
  sourceUrl?: string
  sourceId?: string
  sourceType?: string
  headline?: string
  body?: string
  mediaType?: string
  clickId?: string
}

export type MessageItem = Origin & {
  kind: 'message'
  phoneNumberId: string
  from: Sender
  externalId: string
  sentAtMs?: number
  wireType: string
  content: InboundContent
  context?: MessageContext
  referral?: Referral
  /** Set for a message in a group: it must not open a private conversation. */
  groupId?: string
  errors: ProviderError[]
}
export type StatusItem = Origin & {
  kind: 'status'
  externalId: string
  /** `sent`, `delivered`, `read`, `failed`, `played`, `deleted`; new words may appear at any time. */
  status: string
  atMs?: number
  callbackData?: string
  recipient: Sender & { groupId?: string; participantId?: string }
  errors: ProviderError[]
  pricing?: { category?: string; type?: string; model?: string; billable?: boolean }
  conversation?: { id?: string; origin?: string; expiresAtMs?: number }
}
/** The business answered from its own phone app: outbound, never inbound. */
export type EchoItem = Origin & {
  kind: 'echo'
  phoneNumberId: string
  externalId: string
  to: Sender
  sentAtMs?: number
  wireType: string
  content: InboundContent
  context?: MessageContext
  groupId?: string
}
export type PreferenceItem = Origin & {
  kind: 'preference'
  from: Sender
  category: string
  /** `stop` forbids marketing messages until `resume`; other words change nothing. */
  value: string
  detail?: string
  atMs?: number
}
export type CallItem = Origin & {
  kind: 'call'
  externalId: string
  event: string
  direction?: string
  peer: Sender
  atMs?: number
  callbackData?: string
  /** A call from the contact opens the service window just as a message does. */
  fromContact: boolean
}
export type TemplateItem = Origin & {
  kind: 'template'
  change: 'status' | 'quality' | 'components' | 'category'
  templateId?: string
  name?: string
  /** As templates are stored, with an underscore: `en_US`. */
  language?: string
  event: string
  reason?: string
  detail?: string
  category?: string
  previousCategory?: string
  atMs?: number
}
export type AccountItem = Origin & {
  kind: 'account'
  field: string
  event: string
  displayPhoneNumber?: string
  atMs?: number
}
export type ErrorsItem = Origin & { kind: 'errors'; errors: ProviderError[] }
export type UnknownItem = Origin & { kind: 'unknown'; field: string }
export type BadItem = Origin & { kind: 'bad'; reason: string }

export type InboundItem =
  | MessageItem
  | StatusItem
  | EchoItem
  | PreferenceItem
  | CallItem
  | TemplateItem
  | AccountItem
  | ErrorsItem
  | UnknownItem
  | BadItem

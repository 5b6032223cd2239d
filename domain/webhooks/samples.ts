import { EVENT_TYPES, type EventType, type SubjectType } from '../events/schema.ts'
import { PING_TYPE } from './deliveries.ts'
import type { WebhookBody } from './schema.ts'

// Ids of samples are made up, and the same in every sample, so that what belongs together can be seen.
const id = (n: number): string => `018f4e5c-0000-7000-8000-${String(n).padStart(12, '0')}`
const IDS = {
  person: id(2),
  conversation: id(3),
  contact: id(4),
  message: id(5),
  channel: id(6),
  flow: id(7),
  flowVersion: id(8),
  run: id(9),
  media: id(10),
  role: id(11),
  tag: id(12),
  notification: id(13),
} as const

const DATA: Partial<Record<EventType, Record<string, unknown>>> = {
  'member.invited': { invitationId: id(14) },
  'member.changed': { availability: 'online' },
  'channel.changed': { status: 'connected', reason: null },
  'channel.event_received': { kind: 'phone_number_quality_update', eventId: id(15) },
  'contact.changed': { changed: ['name', 'city'] },
  'contact.tagged': { tagId: IDS.tag, tag: 'vip' },
  'contact.untagged': { tagId: IDS.tag },
  'consent.changed': { category: 'marketing', state: 'granted' },
  'conversation.opened': { channelId: IDS.channel, contactId: IDS.contact },
  'conversation.changed': { state: 'assigned', epoch: 3, ownerKind: 'person' },
  'conversation.assigned': { personId: IDS.person },
  'conversation.handed_over': { reason: 'asked_for_a_person' },
  'conversation.closed': { reason: 'resolved' },
  'conversation.tagged': { tagId: IDS.tag, tag: 'Refund' },
  'conversation.untagged': { tagId: IDS.tag, tag: 'Refund' },
  'message.changed': { state: 'delivered' },
  'media.changed': { state: 'stored', messageId: IDS.message },
  'flow.changed': { enabled: true },
  'flow.published': { versionId: IDS.flowVersion, number: 4 },
  'run.started': { flowId: IDS.flow, flowVersionId: IDS.flowVersion, contactId: IDS.contact },
  'run.ended': { outcome: 'completed' },
  'notification.created': { personId: IDS.person, kind: 'conversation_assigned' },
  'translations.changed': { locale: 'en' },
  'diagnostics.ended': { cause: 'schedule', result: 'failed', failed: ['credentials'] },
}

const SUBJECTS: Readonly<Record<string, SubjectType>> = {
  member: 'person',
  consent: 'contact',
  translations: 'tenant',
}
const IN_A_CONVERSATION: ReadonlySet<string> = new Set(['conversation', 'message', 'media', 'run'])

/** A body such as a receiver would get of an event of this type, with ids that belong to nobody. */
export function sampleBody(
  type: EventType | typeof PING_TYPE,
  { tenantId, messageId, atMs }: { tenantId: string; messageId: string; atMs: number },
): WebhookBody {
  const prefix = type.split('.')[0]!
  const subject = SUBJECTS[prefix] ?? prefix
  const known: Readonly<Record<string, string>> = IDS
  return {
    id: messageId,
    type,
    version: 1,
    timestamp: new Date(atMs).toISOString(),
    tenantId,
    actor: { kind: 'system' },
    subject: { type: subject, id: subject === 'tenant' ? tenantId : (known[subject] ?? id(99)) },
    conversationId: IN_A_CONVERSATION.has(prefix) ? IDS.conversation : null,
    correlationId: null,
    data: type === PING_TYPE ? {} : (DATA[type] ?? {}),
  }
}

/** One sample of every event that there is. */
export const sampleBodies = (place: { tenantId: string; messageId: string; atMs: number }) =>
  EVENT_TYPES.map((type) => ({ type, body: sampleBody(type, place) }))

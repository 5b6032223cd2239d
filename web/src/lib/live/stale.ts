import type { EventType, HouseEvent } from '#domain/events/schema.ts'
import { keys } from '#lib/api/keys.ts'

export type StaleKey = readonly unknown[]

/** Conversations and runs go with their contact and tell of it in no event of their own: whichever is shown is asked for anew. */
const GONE_WITH_A_CONTACT: readonly StaleKey[] = [
  keys.conversations(),
  keys.counts,
  ['conversation'],
  ['thread'],
  keys.runs(),
  ['run'],
  ['run-events'],
  ['run-messages'],
  ['flow-counts'],
]

const BY_PREFIX: Record<string, (event: HouseEvent) => StaleKey[]> = {
  tenant: () => [keys.me, keys.tenant],
  api_key: () => [keys.apiKeys],
  member: () => [keys.members, keys.invitations],
  role: () => [keys.roles, keys.me],
  channel: (event) => [keys.channels, keys.channel(event.subject.id), keys.channelEvents(event.subject.id)],
  contact: (event) => [
    keys.contact(event.subject.id),
    keys.contacts(),
    ...(event.type === 'contact.erased' ? GONE_WITH_A_CONTACT : []),
  ],
  consent: (event) => [keys.contact(event.subject.id)],
  flow: (event) => [keys.flows, keys.flow(event.subject.id), keys.flowVersions(event.subject.id)],
  run: (event) => [keys.run(event.subject.id), keys.runEvents(event.subject.id), keys.runs(), ['flow-counts']],
  notification: () => [keys.notices, keys.unreadNotices],
  translations: () => [['translations']],
  diagnostics: (event) => [keys.diagnostics, keys.diagnosis(event.subject.id)],
  webhook: (event) => [keys.webhooks, keys.webhook(event.subject.id)],
}

/** What of the cached answers an event makes stale. Conversations and threads are patched row by row instead. */
export function staleKeys(event: HouseEvent): StaleKey[] {
  const prefix = event.type.split('.')[0] ?? ''
  // An assignment tells a person without an event of its own.
  if (event.type === 'conversation.assigned') return [keys.notices, keys.unreadNotices]
  // A list that is narrowed by this tag may gain or lose the conversation.
  if (event.type === 'conversation.tagged' || event.type === 'conversation.untagged') {
    return [keys.tags, [...keys.conversations(), { tagId: event.data['tagId'] }]]
  }
  return BY_PREFIX[prefix]?.(event) ?? []
}

const THREAD_EVENTS: readonly EventType[] = [
  'message.received',
  'message.held',
  'message.released',
  'message.queued',
  'message.changed',
  'media.changed',
  'conversation.assigned',
  'conversation.handed_over',
  'conversation.closed',
  'conversation.opened',
  'conversation.changed',
  'conversation.tagged',
  'conversation.untagged',
]

export const touchesThread = (event: HouseEvent): boolean => THREAD_EVENTS.includes(event.type)

import { DomainError } from '../errors.ts'
import { EVENT_TYPES, type EventType, type HouseEvent } from '../events/schema.ts'
import type { Permission } from './catalogue.ts'

/** Who may see an event: holders of a permission, every member, or only the person it is about. */
export const EVENT_ACCESS: Readonly<Record<EventType, Permission | 'member' | 'self'>> = {
  'tenant.created': 'member',
  'member.invited': 'members.read',
  'member.joined': 'members.read',
  'member.changed': 'members.read',
  'role.changed': 'member',
  'channel.connected': 'channels.read',
  'channel.changed': 'channels.read',
  'channel.event_received': 'channels.read',
  'contact.created': 'contacts.read',
  'contact.changed': 'contacts.read',
  'contact.tagged': 'contacts.read',
  'contact.untagged': 'contacts.read',
  'contact.erased': 'contacts.read',
  'consent.changed': 'contacts.read',
  'conversation.opened': 'conversations.read',
  'conversation.changed': 'conversations.read',
  'conversation.assigned': 'conversations.read',
  'conversation.handed_over': 'conversations.read',
  'conversation.closed': 'conversations.read',
  'conversation.tagged': 'conversations.read',
  'conversation.untagged': 'conversations.read',
  'message.received': 'conversations.read',
  'message.held': 'conversations.read',
  'message.released': 'conversations.read',
  'message.queued': 'conversations.read',
  'message.changed': 'conversations.read',
  'media.changed': 'conversations.read',
  'flow.changed': 'flows.read',
  'flow.published': 'flows.read',
  'run.started': 'runs.read',
  'run.changed': 'runs.read',
  'run.ended': 'runs.read',
  'notification.created': 'self',
  'translations.changed': 'member',
  'webhook.changed': 'webhooks.read',
  'api_key.created': 'api_keys.manage',
  'api_key.revoked': 'api_keys.manage',
  'diagnostics.ended': 'settings.manage',
}

/** Whether one reader of a tenant's stream may see one of its events. An event the catalogue does not know is hidden. */
export function maySeeEvent(
  reader: { personId: string | undefined; permissions: ReadonlySet<Permission> },
  event: Pick<HouseEvent, 'type' | 'data'>,
): boolean {
  const access = EVENT_ACCESS[event.type]
  if (access === undefined) return false
  if (access === 'member') return true
  if (access === 'self') return reader.personId !== undefined && event.data['personId'] === reader.personId
  return reader.permissions.has(access)
}

/** What may be told to an address: it is one person's business what is only theirs to see. */
export const TOLD_TO_ADDRESSES = EVENT_TYPES.filter((type) => EVENT_ACCESS[type] !== 'self')

/**
 * An address is told all that its events tell, whoever reads there; so whoever subscribes it must be one who may see them.
 *
 * @param events what the address is to be told, in the order of the request.
 * @param known what it is told already.
 * @throws DomainError forbidden, naming the first permission that is missing; invalid_input at an event that is nobody else's.
 */
export function assertMaySubscribe(
  own: ReadonlySet<Permission>,
  events: readonly EventType[],
  known: readonly string[] = [],
): void {
  for (const [index, type] of events.entries()) {
    const access = EVENT_ACCESS[type]
    if (known.includes(type) || access === undefined || access === 'member') continue
    if (access === 'self') {
      const message = `No address is told of ${type}: it is for one person only.`
      throw new DomainError('invalid_input', message, {
        errors: [{ path: `/events/${index}`, code: 'personal', message }],
      })
    }
    if (!own.has(access)) throw new DomainError('forbidden', `Being told of ${type} needs the permission ${access}.`)
  }
}

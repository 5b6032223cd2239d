import { z } from 'zod'

/**
 * The taxonomy of what happens in the house. Browsers, outbound webhooks, triggers and analytics read the same events,
 * so a name here is a promise. Events carry ids and facts, never what people wrote.
 */
export const EVENT_TYPES = [
  'tenant.created',
  'member.invited',
  'member.joined',
  'member.changed',
  'role.changed',
  'channel.connected',
  'channel.changed',
  'channel.event_received',
  'contact.created',
  'contact.changed',
  'contact.tagged',
  'contact.untagged',
  'contact.erased',
  'consent.changed',
  'conversation.opened',
  'conversation.changed',
  'conversation.assigned',
  'conversation.handed_over',
  'conversation.closed',
  'conversation.tagged',
  'conversation.untagged',
  'message.received',
  'message.held',
  'message.released',
  'message.queued',
  'message.changed',
  'media.changed',
  'flow.changed',
  'flow.published',
  'run.started',
  'run.changed',
  'run.ended',
  'notification.created',
  'translations.changed',
  'webhook.changed',
  'api_key.created',
  'api_key.revoked',
  'diagnostics.ended',
] as const
export const EventType = z.enum(EVENT_TYPES).meta({ id: 'EventType' })
export type EventType = z.infer<typeof EventType>

/** Who did it: a person, an API key, an administrator of the platform, a contact, a flow run, or the house itself. */
export const Actor = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('person'), id: z.uuid() }),
    z.strictObject({ kind: z.literal('api_key'), id: z.uuid() }),
    z.strictObject({ kind: z.literal('platform'), id: z.uuid() }),
    z.strictObject({ kind: z.literal('contact'), id: z.uuid() }),
    z.strictObject({ kind: z.literal('run'), id: z.uuid() }),
    z.strictObject({ kind: z.literal('system'), id: z.string().optional() }),
  ])
  .meta({ id: 'Actor' })
export type Actor = z.infer<typeof Actor>

export const SUBJECT_TYPES = [
  'tenant',
  'person',
  'role',
  'channel',
  'contact',
  'conversation',
  'message',
  'media',
  'flow',
  'run',
  'notification',
  'api_key',
  'webhook',
  'diagnostics',
] as const
export type SubjectType = (typeof SUBJECT_TYPES)[number]

/** An event as readers see it. `position` grows in the order of commits and is the cursor of the stream. */
export const HouseEvent = z
  .strictObject({
    id: z.uuid(),
    position: z.int(),
    type: EventType,
    version: z.int(),
    at: z.iso.datetime(),
    actor: Actor,
    subject: z.strictObject({ type: z.enum(SUBJECT_TYPES), id: z.uuid() }),
    conversationId: z.uuid().nullable(),
    correlationId: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'HouseEvent' })
export type HouseEvent = z.infer<typeof HouseEvent>

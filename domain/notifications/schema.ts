import { z } from 'zod'
import { SUBJECT_TYPES } from '../events/schema.ts'
import { PageQuery, pageOf } from '../paging.ts'

/** What a person is told of. The words are translations `notifications.<kind>`; rows hold only ids and values. */
export const NOTIFICATION_KINDS = [
  'conversation_assigned',
  'conversation_waiting',
  'contact_blocked',
  'message_failed',
  'channel_needs_attention',
  'run_failed',
  'member_joined',
  'quota_nearly_used',
  'quota_used',
  'webhook_failing',
  'webhook_disabled',
  'diagnostics_failing',
  'diagnostics_well',
] as const
export const NotificationKind = z.enum(NOTIFICATION_KINDS).meta({ id: 'NotificationKind' })
export type NotificationKind = z.infer<typeof NotificationKind>

export const Notification = z
  .strictObject({
    id: z.uuid(),
    kind: NotificationKind,
    subject: z.strictObject({ type: z.enum(SUBJECT_TYPES), id: z.uuid() }),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    /** What it is about, by name; empty where the name is gone. */
    title: z.string(),
    /** The conversation to look into, where it is about one. */
    conversationId: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    readAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Notification' })
export type Notification = z.infer<typeof Notification>
export const NotificationPage = pageOf(Notification, 'NotificationPage')

export const ListNotifications = z.strictObject({
  ...PageQuery.shape,
  unread: z.enum(['true']).optional(),
})
export const UnreadCount = z.strictObject({ count: z.int() }).meta({ id: 'UnreadCount' })

import { z } from 'zod'
import { pageOf } from '../paging.ts'

export const CHANNEL_KINDS = ['whatsapp_cloud'] as const // also the CHECK in Postgres
export const CHANNEL_STATUSES = ['connected', 'pending', 'disconnected', 'restricted'] as const
export const ChannelStatus = z.enum(CHANNEL_STATUSES).meta({ id: 'ChannelStatus' })
export type ChannelStatus = z.infer<typeof ChannelStatus>

export const ChannelRef = z
  .strictObject({ id: z.uuid(), kind: z.enum(CHANNEL_KINDS), name: z.string(), displayPhone: z.string() })
  .meta({ id: 'ChannelRef' })
export type ChannelRef = z.infer<typeof ChannelRef>

/** A secret is never read back: only that it is there, and its last characters. */
export const MaskedSecret = z.strictObject({ set: z.boolean(), hint: z.string() }).meta({ id: 'MaskedSecret' })
export type MaskedSecret = z.infer<typeof MaskedSecret>

export const Channel = z
  .strictObject({
    id: z.uuid(),
    kind: z.enum(CHANNEL_KINDS),
    name: z.string(),
    status: ChannelStatus,
    statusReason: z.string().nullable(),
    businessAccountId: z.string(),
    phoneNumberId: z.string(),
    displayPhone: z.string(),
    verifiedName: z.string(),
    quality: z.string(),
    messagingLimit: z.string().nullable(),
    messagesPerSecond: z.int(),
    baseUrl: z.string().nullable(),
    webhookUrl: z.string(),
    accessToken: MaskedSecret,
    appSecret: MaskedSecret,
    templateCount: z.int(),
    lastInboundAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Channel' })
export type Channel = z.infer<typeof Channel>

export const ChannelPage = pageOf(Channel, 'ChannelPage')

const secret = () => z.string().trim().min(8).max(2_000)
const AppSecret = secret()
/** Goes out in a header, and those have no other characters. */
const AccessToken = secret().regex(/^[!-~]+$/, 'Letters, digits and signs without blanks, as Meta shows it.')
const ProviderId = z.string().regex(/^\d{5,32}$/, 'Digits only, as Meta shows it.')

export const ConnectChannel = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    phoneNumberId: ProviderId,
    businessAccountId: ProviderId,
    accessToken: AccessToken,
    appSecret: AppSecret,
    baseUrl: z.url().max(300).optional(),
  })
  .meta({ id: 'ConnectChannel' })
export type ConnectChannel = z.infer<typeof ConnectChannel>

export const ChangeChannel = z
  .strictObject({
    name: z.string().trim().min(1).max(120).optional(),
    accessToken: AccessToken.optional(),
    appSecret: AppSecret.optional(),
    messagesPerSecond: z.int().min(1).max(1_000).optional(),
  })
  .meta({ id: 'ChangeChannel' })
export type ChangeChannel = z.infer<typeof ChangeChannel>

/** What a test of a number found, step by step; a step that was not reached is absent. */
export const ChannelTest = z
  .strictObject({
    ok: z.boolean(),
    steps: z.array(
      z.strictObject({
        step: z.enum(['credentials', 'webhook', 'number', 'templates']),
        ok: z.boolean(),
        code: z.string().nullable(),
        message: z.string().nullable(),
      }),
    ),
    checkedAt: z.iso.datetime(),
  })
  .meta({ id: 'ChannelTest' })
export type ChannelTest = z.infer<typeof ChannelTest>

export const ChannelEvent = z
  .strictObject({
    id: z.uuid(),
    channelId: z.uuid(),
    kind: z.string(),
    at: z.iso.datetime(),
    payload: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'ChannelEvent' })
export type ChannelEvent = z.infer<typeof ChannelEvent>

export const ChannelEventPage = pageOf(ChannelEvent, 'ChannelEventPage')

/** An inbound item that our own code refused time and again. It waits here until somebody has it taken once more. */
export const ParkedItem = z
  .strictObject({
    id: z.uuid(),
    channelId: z.uuid(),
    kind: z.string(),
    attempts: z.int(),
    error: z.string().nullable(),
    receivedAt: z.iso.datetime(),
    item: z.unknown(),
  })
  .meta({ id: 'ParkedItem' })
export type ParkedItem = z.infer<typeof ParkedItem>

export const ParkedItemPage = pageOf(ParkedItem, 'ParkedItemPage')

import { z } from 'zod'

/**
 * What a message holds, in the words of the house. One union serves what contacts send, what flows and people send,
 * the `content` column, the API and the screen; providers' wire formats stay in their adapters.
 */
export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const

/** What a click opens, or a provider fetches. The parser of addresses also takes `javascript:` for one. */
const WebAddress = z.url({ protocol: /^https?$/ })

/** `fileId` is our stored copy, `providerMediaId` the provider's own (dies after days), `link` an address the provider fetches. */
export const Media = z
  .strictObject({
    fileId: z.uuid().optional(),
    providerMediaId: z.string().max(256).optional(),
    link: WebAddress.max(2_000).optional(),
    mimeType: z.string().max(200).optional(),
    fileName: z.string().max(240).optional(),
    sizeBytes: z.int().min(0).optional(),
    sha256: z.string().max(128).optional(),
    voice: z.boolean().optional(),
    animated: z.boolean().optional(),
  })
  .meta({ id: 'Media' })
export type Media = z.infer<typeof Media>

const mediaContent = <K extends (typeof MEDIA_KINDS)[number]>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), media: Media, caption: z.string().max(1_024).optional() })

export const MessageHeader = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string().min(1).max(60) }),
  z.strictObject({ kind: z.literal('image'), media: Media }),
  z.strictObject({ kind: z.literal('video'), media: Media }),
  z.strictObject({ kind: z.literal('document'), media: Media }),
])
export type MessageHeader = z.infer<typeof MessageHeader>

export const ReplyButton = z.strictObject({ id: z.string().min(1).max(256), title: z.string().min(1).max(20) })
export const ListRow = z.strictObject({
  id: z.string().min(1).max(200),
  title: z.string().min(1).max(24),
  description: z.string().max(72).optional(),
})
export const ListSection = z.strictObject({
  title: z.string().max(24).optional(),
  rows: z.array(ListRow).min(1).max(10),
})

const body = { header: MessageHeader.optional(), footer: z.string().max(60).optional() }

export const ContactCard = z.looseObject({
  name: z.looseObject({ formatted_name: z.string() }),
  phones: z.array(z.looseObject({ phone: z.string().optional(), wa_id: z.string().optional() })).optional(),
})
export type ContactCard = z.infer<typeof ContactCard>

export const OrderItem = z.strictObject({
  productRetailerId: z.string(),
  quantity: z.number(),
  itemPriceMinor: z.int(),
  currency: z.string().length(3),
})
export type OrderItem = z.infer<typeof OrderItem>

/** A template as it reads on the phone of the contact, variables filled; what the thread shows. */
export const TemplateFace = z
  .strictObject({
    header: MessageHeader.optional(),
    body: z.string().max(4_096),
    footer: z.string().max(60).optional(),
    buttons: z
      .array(
        z.strictObject({
          kind: z.enum(['reply', 'link', 'call', 'code', 'other']),
          text: z.string().max(60),
          url: z.string().max(2_000).optional(),
        }),
      )
      .max(10),
  })
  .meta({ id: 'TemplateFace' })
export type TemplateFace = z.infer<typeof TemplateFace>

/** Kinds a business may send. Bounds are WhatsApp's (wire limits of text, buttons, lists, captions). */
export const OutboundContent = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('text'), text: z.string().min(1).max(4_096), previewUrl: z.boolean().optional() }),
    mediaContent('image'),
    mediaContent('video'),
    mediaContent('audio'),
    mediaContent('document'),
    mediaContent('sticker'),
    z.strictObject({
      kind: z.literal('location'),
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      name: z.string().max(1_000).optional(),
      address: z.string().max(1_000).optional(),
    }),
    z.strictObject({ kind: z.literal('contacts'), contacts: z.array(ContactCard).min(1).max(257) }),
    z.strictObject({
      kind: z.literal('reaction'),
      messageExternalId: z.string(),
      emoji: z.string().max(32).nullable(),
    }),
    z.strictObject({
      kind: z.literal('buttons'),
      text: z.string().min(1).max(1_024),
      ...body,
      buttons: z.array(ReplyButton).min(1).max(3),
    }),
    z.strictObject({
      kind: z.literal('list'),
      text: z.string().min(1).max(4_096),
      ...body,
      button: z.string().min(1).max(20),
      sections: z.array(ListSection).min(1).max(10),
    }),
    z.strictObject({
      kind: z.literal('link_button'),
      text: z.string().min(1).max(1_024),
      ...body,
      label: z.string().min(1).max(20),
      url: WebAddress,
    }),
    z.strictObject({ kind: z.literal('location_request'), text: z.string().min(1).max(1_024) }),
    z.strictObject({
      kind: z.literal('template'),
      name: z.string().regex(/^[a-z0-9_]{1,512}$/),
      language: z.string().min(2).max(15),
      category: z.enum(['marketing', 'utility', 'authentication']).optional(),
      components: z
        .array(z.looseObject({ type: z.string() }))
        .max(20)
        .optional(),
      /** The text as it will read, kept for the thread. */
      text: z.string().max(4_096).optional(),
      /** All of it as it will read. Whoever writes through the API need not say it: it is made from the template. */
      face: TemplateFace.optional(),
    }),
  ])
  .meta({ id: 'OutboundContent' })
export type OutboundContent = z.infer<typeof OutboundContent>

/** A tap on something we offered: reply button, list row, or quick reply of a template. */
export const TapContent = z.strictObject({
  kind: z.literal('tap'),
  source: z.enum(['button', 'list', 'template']),
  id: z.string().optional(),
  title: z.string(),
  description: z.string().optional(),
})

/** Kinds a contact may send. Loose where the provider is: an inbound message is never dropped for its content. */
export const InboundContent = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('text'), text: z.string() }),
    z.strictObject({ kind: z.literal('image'), media: Media, caption: z.string().optional() }),
    z.strictObject({ kind: z.literal('video'), media: Media, caption: z.string().optional() }),
    z.strictObject({ kind: z.literal('audio'), media: Media, caption: z.string().optional() }),
    z.strictObject({ kind: z.literal('document'), media: Media, caption: z.string().optional() }),
    z.strictObject({ kind: z.literal('sticker'), media: Media, caption: z.string().optional() }),
    z.strictObject({
      kind: z.literal('location'),
      latitude: z.number(),
      longitude: z.number(),
      name: z.string().optional(),
      address: z.string().optional(),
      url: z.string().optional(),
    }),
    z.strictObject({ kind: z.literal('contacts'), contacts: z.array(z.looseObject({})) }),
    z.strictObject({ kind: z.literal('reaction'), messageExternalId: z.string(), emoji: z.string().nullable() }),
    TapContent,
    z.strictObject({
      kind: z.literal('form_reply'),
      name: z.string().optional(),
      text: z.string().optional(),
      raw: z.string(),
    }),
    z.strictObject({ kind: z.literal('permission_reply'), response: z.string(), raw: z.looseObject({}) }),
    z.strictObject({
      kind: z.literal('order'),
      catalogId: z.string(),
      text: z.string().optional(),
      items: z.array(OrderItem),
    }),
    z.strictObject({
      kind: z.literal('system'),
      event: z.enum(['number_changed', 'identity_changed', 'user_id_changed', 'chat_opened', 'other']),
      text: z.string().optional(),
      newExternalId: z.string().optional(),
    }),
    z.strictObject({ kind: z.literal('edit'), originalExternalId: z.string(), text: z.string().optional() }),
    z.strictObject({ kind: z.literal('revoke'), originalExternalId: z.string() }),
    z.strictObject({
      kind: z.literal('unsupported'),
      type: z.string().optional(),
      /** What could still be read of it. */
      text: z.string().optional(),
      errors: z.array(z.looseObject({ code: z.number().optional() })).optional(),
    }),
  ])
  .meta({ id: 'InboundContent' })
export type InboundContent = z.infer<typeof InboundContent>

/** What lines of the house say, each the key of its words. */
export const LINE_CODES = [
  'lines.taken_over',
  'lines.assigned',
  'lines.queued',
  'lines.unassigned',
  'lines.handed_back',
  'lines.handed_over.requested',
  'lines.handed_over.answer_not_understood',
  'lines.handed_over.fault',
  'lines.closed',
  'lines.reopened',
] as const

/** A line of the house itself in the thread: who took over, when it was closed. `code` is a translation key. */
export const SystemLine = z.strictObject({
  kind: z.literal('line'),
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})
export type SystemLine = z.infer<typeof SystemLine>
/** A line that is written now; what stands in old rows may say less than the words of today know. */
export type NewLine = SystemLine & { code: (typeof LINE_CODES)[number] }

export const MESSAGE_DIRECTIONS = ['inbound', 'outbound', 'internal'] as const
export type MessageDirection = (typeof MESSAGE_DIRECTIONS)[number]
/** Who speaks: the contact, a person of the tenant, a flow, the house, or the phone app of the business (an echo). */
export const SENDER_TYPES = ['contact', 'user', 'flow', 'system', 'echo', 'api'] as const
export type SenderType = (typeof SENDER_TYPES)[number]

/** States of an outbound message. They never move back, but `failed` yields to `delivered` or `read`. */
export const OUTBOUND_STATES = [
  'queued',
  'sending',
  'unknown',
  'accepted',
  'sent',
  'delivered',
  'read',
  'failed',
  'suppressed',
  'superseded',
] as const
export type OutboundState = (typeof OUTBOUND_STATES)[number]

export type MessageContent = InboundContent | OutboundContent | SystemLine

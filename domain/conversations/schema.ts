import { z } from 'zod'
import { ChannelRef } from '../channels/schema.ts'
import { FlagInput, InstantInput } from '../inputs.ts'
import { MediaFile } from '../media/schema.ts'
import {
  InboundContent,
  MESSAGE_DIRECTIONS,
  OUTBOUND_STATES,
  OutboundContent,
  SENDER_TYPES,
  SystemLine,
} from '../messages/schema.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { TagRef } from '../tags/schema.ts'

export const CONVERSATION_STATES = ['bot', 'queued', 'assigned', 'snoozed', 'closed'] as const // also the CHECK in Postgres
export const ConversationState = z.enum(CONVERSATION_STATES).meta({ id: 'ConversationState' })
export type ConversationState = z.infer<typeof ConversationState>

export const PRIORITIES = ['urgent', 'normal', 'low'] as const
export const ConversationPriority = z.enum(PRIORITIES).meta({ id: 'ConversationPriority' })

/** Who may ask the contact now: nobody (a trigger or the queue may take it), a person, or a flow run. */
export const ConversationOwner = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('user'), id: z.uuid(), name: z.string() }),
    z.strictObject({ kind: z.literal('run'), id: z.uuid(), flowId: z.uuid(), name: z.string() }),
  ])
  .meta({ id: 'ConversationOwner' })
export type ConversationOwner = z.infer<typeof ConversationOwner>

export const ContactRef = z
  .strictObject({ id: z.uuid(), name: z.string(), phone: z.string().nullable(), locale: z.string().nullable() })
  .meta({ id: 'ContactRef' })
export type ContactRef = z.infer<typeof ContactRef>

/** One row of the inbox. */
export const ConversationSummary = z
  .strictObject({
    id: z.uuid(),
    channel: ChannelRef,
    contact: ContactRef,
    state: ConversationState,
    owner: ConversationOwner,
    priority: ConversationPriority,
    needsPeople: z.boolean(),
    unreadCount: z.int(),
    heldCount: z.int(),
    lastMessageAt: z.iso.datetime(),
    lastMessagePreview: z.string(),
    lastMessageDirection: z.enum(MESSAGE_DIRECTIONS),
    windowExpiresAt: z.iso.datetime().nullable(),
    snoozedUntil: z.iso.datetime().nullable(),
    tags: z.array(TagRef),
  })
  .meta({ id: 'ConversationSummary' })
export type ConversationSummary = z.infer<typeof ConversationSummary>

export const ConversationPage = pageOf(ConversationSummary, 'ConversationPage')

/** A run that is not over in this conversation; `wakeAt` is its pending timer. */
export const ActiveRun = z
  .strictObject({
    id: z.uuid(),
    flowId: z.uuid(),
    flowName: z.string(),
    state: z.enum(['starting', 'open', 'parked']),
    posture: z.string(),
    nodeId: z.string().nullable(),
    wakeAt: z.iso.datetime().nullable(),
    startedAt: z.iso.datetime(),
  })
  .meta({ id: 'ActiveRun' })
export type ActiveRun = z.infer<typeof ActiveRun>

export const Conversation = ConversationSummary.extend({
  epoch: z.int(),
  lastSeq: z.int(),
  handledSeq: z.int(),
  closeReason: z.string().nullable(),
  requiredSkills: z.array(z.string()),
  activeRuns: z.array(ActiveRun),
  /** The id of its Temporal workflow, for the link to the Temporal UI. */
  workflowId: z.string(),
  firstMessageAt: z.iso.datetime().nullable(),
  firstResponseAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
}).meta({ id: 'Conversation' })
export type Conversation = z.infer<typeof Conversation>

/** `open` is everything that is not closed. */
export const ConversationQuery = PageQuery.extend({
  state: z.enum(['open', ...CONVERSATION_STATES]).optional(),
  unread: FlagInput.optional(),
  mine: FlagInput.optional(),
  needsPeople: FlagInput.optional(),
  q: z.string().trim().min(1).max(100).optional(),
  channelId: z.uuid().optional(),
  contactId: z.uuid().optional(),
  /** Carried by the conversation or by its contact. */
  tagId: z.uuid().optional(),
  /** Last written to at or after the one, before the other. */
  from: InstantInput.optional(),
  until: InstantInput.optional(),
  /** A custom field of the contact, by its key, and what it must say; capitals do not matter. */
  field: z.string().min(1).max(60).optional(),
  value: z.string().trim().min(1).max(200).optional(),
})
export type ConversationQuery = z.infer<typeof ConversationQuery>

/** Counts of the inbox end here; a screen shows the last one as "1000+". */
export const COUNT_MAX = 1_000

/** Open conversations by view, each at most COUNT_MAX; closed ones are not counted, because they only grow. */
export const ConversationCounts = z
  .strictObject({
    open: z.int(),
    bot: z.int(),
    queued: z.int(),
    assigned: z.int(),
    snoozed: z.int(),
    mine: z.int(),
    unread: z.int(),
    needsPeople: z.int(),
  })
  .meta({ id: 'ConversationCounts' })
export type ConversationCounts = z.infer<typeof ConversationCounts>

export const MessageContent = z
  .union([OutboundContent, InboundContent, SystemLine])
  .meta({ id: 'MessageContent', description: 'What a message holds, told apart by `kind` and the direction.' })

export const MessageFailure = z
  .strictObject({
    code: z.string(),
    providerCode: z.int().nullable(),
    title: z.string().nullable(),
    detail: z.string().nullable(),
  })
  .meta({ id: 'MessageFailure' })
export type MessageFailure = z.infer<typeof MessageFailure>

export const MessageSender = z
  .strictObject({ type: z.enum(SENDER_TYPES), id: z.uuid().nullable(), name: z.string().nullable() })
  .meta({ id: 'MessageSender' })
export type MessageSender = z.infer<typeof MessageSender>

export const Reaction = z
  .strictObject({ senderType: z.enum(SENDER_TYPES), emoji: z.string(), at: z.iso.datetime() })
  .meta({ id: 'Reaction' })
export type Reaction = z.infer<typeof Reaction>

/** One item of a thread. `state` belongs to outbound messages, `held` to inbound ones. */
export const Message = z
  .strictObject({
    id: z.uuid(),
    conversationId: z.uuid(),
    channelId: z.uuid(),
    direction: z.enum(MESSAGE_DIRECTIONS),
    sender: MessageSender,
    content: MessageContent,
    media: MediaFile.nullable(),
    state: z.enum(OUTBOUND_STATES).nullable(),
    failure: MessageFailure.nullable(),
    attempt: z.int(),
    possibleDuplicate: z.boolean(),
    duplicateDetected: z.boolean(),
    held: z.strictObject({ until: z.iso.datetime(), reason: z.string().nullable() }).nullable(),
    replyTo: z
      .strictObject({
        id: z.uuid().nullable(),
        externalId: z.string(),
        direction: z.enum(MESSAGE_DIRECTIONS).nullable(),
        preview: z.string(),
      })
      .nullable(),
    reactions: z.array(Reaction),
    run: z
      .strictObject({ id: z.uuid(), flowId: z.uuid(), flowName: z.string(), nodeId: z.string().nullable() })
      .nullable(),
    automated: z.boolean(),
    seq: z.int().nullable(),
    /** What the writer's client called it, so that a ghost on the screen finds its row. */
    clientId: z.string().nullable(),
    /** The provider's id: what a reaction or a quote names. Null until the provider has it. */
    externalId: z.string().nullable(),
    sentAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    deliveredAt: z.iso.datetime().nullable(),
    readAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof Message>

/** Newest first; `before` is the id of the oldest message on the screen. */
export const ThreadQuery = z.strictObject({
  before: z.uuid().optional(),
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type ThreadQuery = z.infer<typeof ThreadQuery>
export const MessagePage = pageOf(Message, 'MessagePage')

export const WriteReply = z
  .strictObject({
    content: OutboundContent,
    /** The id of a message in this conversation. */
    replyTo: z.uuid().optional(),
    /** Made by the client, once per message: sending it again returns the message that was written. */
    clientId: z.string().min(8).max(64),
  })
  .meta({ id: 'WriteReply' })
export type WriteReply = z.infer<typeof WriteReply>

/** `epoch` is the one on the screen: an act on a conversation that changed hands meanwhile is refused. */
const seen = { epoch: z.int().optional() }
export const TakeOver = z.strictObject({ ...seen }).meta({ id: 'TakeOver' })
export const HandBack = z.strictObject({ ...seen }).meta({ id: 'HandBack' })
export const AssignConversation = z
  .strictObject({ ...seen, personId: z.uuid().nullable() })
  .meta({ id: 'AssignConversation', description: 'Null puts the conversation into the queue.' })
export const CloseConversation = z
  .strictObject({ ...seen, reason: z.string().trim().min(1).max(80).default('resolved') })
  .meta({ id: 'CloseConversation' })
export const SnoozeConversation = z
  .strictObject({ ...seen, until: InstantInput.nullable() })
  .meta({ id: 'SnoozeConversation', description: 'Null wakes it now.' })
export const ReleaseHeld = z.strictObject({}).meta({ id: 'ReleaseHeld' })

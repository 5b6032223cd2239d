// Made from the contract by `node scripts/api-client.ts`; what is changed here by hand is lost.
export type Availability = 'online' | 'away' | 'busy' | 'offline'
export type SupportGrant = { id: string; scope: SupportScope; reason: string; expiresAt: string; createdAt: string }
export type SupportScope = 'read' | 'change'
export type MediaFile = {
  fileId: string
  mediaType: 'image' | 'video' | 'audio' | 'document' | 'sticker'
  state: MediaState
  mimeType: string
  fileName: string | null
  sizeBytes: number | null
  sha256: string | null
  createdAt: string
}
export type MediaState = 'pending' | 'stored' | 'failed' | 'gone'
export type MessageFailure = { code: string; providerCode: number | null; title: string | null; detail: string | null }
export type ConsentCategory = 'marketing' | 'utility' | 'service'
export type Condition = boolean | Record<string, unknown>
export type WebhookClientTls = { certificate: string; key: string }
export type Email = string
export type Locale = string
export type Permission =
  | 'conversations.read'
  | 'conversations.reply'
  | 'conversations.assign'
  | 'conversations.manage'
  | 'contacts.read'
  | 'contacts.write'
  | 'contacts.delete'
  | 'contacts.export'
  | 'tags.manage'
  | 'fields.manage'
  | 'templates.read'
  | 'templates.write'
  | 'flows.read'
  | 'flows.write'
  | 'flows.publish'
  | 'runs.read'
  | 'runs.start'
  | 'runs.manage'
  | 'runs.decode'
  | 'channels.read'
  | 'channels.manage'
  | 'calendars.read'
  | 'calendars.manage'
  | 'members.read'
  | 'members.manage'
  | 'roles.read'
  | 'roles.manage'
  | 'translations.manage'
  | 'audit.read'
  | 'webhooks.read'
  | 'webhooks.manage'
  | 'api_keys.manage'
  | 'request_log.read'
  | 'settings.manage'
  | 'tenant.own'
export type MemberPage = { items: Member[]; nextCursor: string | null }
export type Member = {
  id: string
  personId: string
  name: string
  email: string
  role: { id: string; key: string; name: string }
  status: MemberStatus
  availability: Availability
  createdAt: string
}
export type MemberStatus = 'active' | 'disabled'
export type ChangeMember = { roleId?: string; status?: MemberStatus }
export type InvitationPage = { items: Invitation[]; nextCursor: string | null }
export type Invitation = {
  id: string
  email: string
  role: { id: string; key: string; name: string }
  invitedBy: string | null
  expiresAt: string
  createdAt: string
}
export type CreateInvitation = { email: Email; roleId: string }
export type RoleList = { items: Role[] }
export type Role = {
  id: string
  key: string
  name: string
  permissions: Permission[]
  builtIn: boolean
  memberCount: number
  createdAt: string
  updatedAt: string
}
export type PermissionList = { items: Permission[] }
export type CreateRole = { key: string; name: string; permissions: Permission[] }
export type ChangeRole = { name?: string; permissions?: Permission[] }
export type Tenant = {
  id: string
  name: string
  status: 'active' | 'suspended'
  locale: string
  timeZone: string
  plan: string
  secondFactor: SecondFactorPolicy
  reopenWindowMs: number
  idleCloseMs: number
  createdAt: string
  updatedAt: string
}
export type SecondFactorPolicy = 'optional' | 'admins' | 'all'
export type ChangeTenant = {
  name?: string
  locale?: Locale
  timeZone?: string
  reopenWindowMs?: number
  idleCloseMs?: number
}
export type CalendarPage = { items: StoredCalendar[]; nextCursor: string | null }
export type StoredCalendar = {
  timeZone: string
  week: { day: number; spans: OpenSpan[] }[]
  holidays?: { date: string; yearly?: boolean; name?: string; spans?: OpenSpan[] }[]
  id: string
  name: string
  isDefault: boolean
  createdAt: string
  updatedAt: string
}
export type OpenSpan = { opens: string; closes: string }
export type CreateCalendar = {
  timeZone: string
  week: { day: number; spans: OpenSpan[] }[]
  holidays?: { date: string; yearly?: boolean; name?: string; spans?: OpenSpan[] }[]
  name: string
  isDefault?: boolean
}
export type ChangeCalendar = {
  name?: string
  timeZone?: string
  week?: { day: number; spans: OpenSpan[] }[]
  holidays?: { date: string; yearly?: boolean; name?: string; spans?: OpenSpan[] }[]
  isDefault?: true
}
export type AuditPage = { items: AuditLine[]; nextCursor: string | null }
export type AuditLine = {
  id: string
  at: string
  actor: Actor
  actorName: string | null
  action: string
  subject: { type: string; id: string }
  detail: Record<string, unknown>
  requestId: string | null
}
export type Actor =
  | { kind: 'person'; id: string }
  | { kind: 'api_key'; id: string }
  | { kind: 'platform'; id: string }
  | { kind: 'contact'; id: string }
  | { kind: 'run'; id: string }
  | { kind: 'system'; id?: string }
export type TranslationOverrides = { locale: Locale; texts: Record<string, string> }
export type PutTranslations = { texts: Record<string, string> }
export type SupportAccess = { grant: SupportGrant | null }
export type RateLimit = {
  rate: 'requestsPerMinute' | 'keyRequestsPerMinute' | 'personRequestsPerMinute'
  limit: number
}
export type DiagnosticRunPage = { items: DiagnosticRunSummary[]; nextCursor: string | null }
export type DiagnosticRunSummary = {
  id: string
  cause: 'person' | 'schedule'
  requestedBy: Actor
  state: 'waiting' | 'running' | 'done' | 'cancelled'
  result: 'passed' | 'warning' | 'failed' | null
  counts: { total: number; passed: number; warning: number; failed: number; skipped: number }
  createdAt: string
  startedAt: string | null
  endedAt: string | null
}
export type DiagnosticRun = {
  id: string
  cause: 'person' | 'schedule'
  requestedBy: Actor
  state: 'waiting' | 'running' | 'done' | 'cancelled'
  result: 'passed' | 'warning' | 'failed' | null
  counts: { total: number; passed: number; warning: number; failed: number; skipped: number }
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  checks: DiagnosticCheck[]
}
export type DiagnosticCheck = {
  id: string
  key:
    | 'database'
    | 'temporal'
    | 'clock'
    | 'storage'
    | 'mail'
    | 'queues'
    | 'credentials'
    | 'subscription'
    | 'round_trip'
    | 'replay'
    | 'webhooks'
    | 'errors'
  channel: { id: string; name: string; displayPhone: string }
  status: 'waiting' | 'running' | 'passed' | 'warning' | 'failed' | 'skipped'
  findings: DiagnosticFinding[]
  facts: Record<string, string | number>
  startedAt: string | null
  endedAt: string | null
}
export type DiagnosticFinding = {
  code:
    | 'check_timed_out'
    | 'check_broke'
    | 'not_reached'
    | 'cancelled'
    | 'database_unreachable'
    | 'database_slow'
    | 'database_outdated'
    | 'temporal_unreachable'
    | 'temporal_no_workers'
    | 'temporal_incomplete'
    | 'temporal_outdated'
    | 'clock_off'
    | 'clock_far_off'
    | 'storage_broken'
    | 'storage_nearly_full'
    | 'bucket_missing'
    | 'bucket_refused'
    | 'bucket_unreachable'
    | 'bucket_keeps_versions'
    | 'mail_not_set'
    | 'mail_unreachable'
    | 'mail_refused'
    | 'queue_waits'
    | 'queue_stuck'
    | 'no_number'
    | 'secret_unreadable'
    | 'token_invalid'
    | 'token_expires'
    | 'app_secret_wrong'
    | 'permission_missing'
    | 'number_not_found'
    | 'number_not_registered'
    | 'number_quality_low'
    | 'provider_unreachable'
    | 'app_not_subscribed'
    | 'webhook_not_set'
    | 'webhook_elsewhere'
    | 'verification_refused'
    | 'verification_open'
    | 'webhook_unreachable'
    | 'webhook_refused'
    | 'forgery_accepted'
    | 'probe_not_taken'
    | 'probe_slow'
    | 'nothing_to_replay'
    | 'replay_refused'
    | 'replay_doubled'
    | 'no_webhooks'
    | 'webhook_failing'
    | 'webhook_disabled'
    | 'sends_failed'
    | 'many_sends_failed'
    | 'items_parked'
    | 'runs_failed'
    | 'deliveries_failed'
  status: 'warning' | 'failed' | 'skipped'
  fix:
    | 'operator_database'
    | 'operator_temporal'
    | 'operator_clock'
    | 'operator_storage'
    | 'operator_bucket'
    | 'operator_mail'
    | 'operator_dispatcher'
    | 'operator_address'
    | 'operator_key'
    | 'connect_number'
    | 'enter_token'
    | 'enter_app_secret'
    | 'grant_permissions'
    | 'point_webhook'
    | 'register_number'
    | 'mind_quality'
    | 'take_parked'
    | 'look_at_sends'
    | 'look_at_runs'
    | 'look_at_webhooks'
    | 'try_again'
    | null
  values: Record<string, string | number>
}
export type TapReport = { since: string; until: string; items: TapLine[] }
export type TapLine = {
  source: 'button' | 'list' | 'template'
  buttonId: string | null
  title: string
  flow: { id: string; name: string }
  nodeId: string | null
  templateName: string | null
  tapCount: number
  contactCount: number
  lastAt: string
}
export type ConversationPage = { items: ConversationSummary[]; nextCursor: string | null }
export type ConversationSummary = {
  id: string
  channel: ChannelRef
  contact: ContactRef
  state: ConversationState
  owner: ConversationOwner
  priority: ConversationPriority
  needsPeople: boolean
  unreadCount: number
  heldCount: number
  lastMessageAt: string
  lastMessagePreview: string
  lastMessageDirection: 'inbound' | 'outbound' | 'internal'
  windowExpiresAt: string | null
  snoozedUntil: string | null
  tags: TagRef[]
}
export type ChannelRef = { id: string; kind: 'whatsapp_cloud'; name: string; displayPhone: string }
export type ContactRef = { id: string; name: string; phone: string | null; locale: string | null }
export type ConversationState = 'bot' | 'queued' | 'assigned' | 'snoozed' | 'closed'
export type ConversationOwner =
  | { kind: 'none' }
  | { kind: 'user'; id: string; name: string }
  | { kind: 'run'; id: string; flowId: string; name: string }
export type ConversationPriority = 'urgent' | 'normal' | 'low'
export type TagRef = { id: string; name: string; color: TagColor }
export type TagColor = 'grey' | 'red' | 'orange' | 'amber' | 'green' | 'teal' | 'blue' | 'violet' | 'pink'
export type ConversationCounts = {
  open: number
  bot: number
  queued: number
  assigned: number
  snoozed: number
  mine: number
  unread: number
  needsPeople: number
}
export type Conversation = {
  id: string
  channel: ChannelRef
  contact: ContactRef
  state: ConversationState
  owner: ConversationOwner
  priority: ConversationPriority
  needsPeople: boolean
  unreadCount: number
  heldCount: number
  lastMessageAt: string
  lastMessagePreview: string
  lastMessageDirection: 'inbound' | 'outbound' | 'internal'
  windowExpiresAt: string | null
  snoozedUntil: string | null
  tags: TagRef[]
  epoch: number
  lastSeq: number
  handledSeq: number
  closeReason: string | null
  requiredSkills: string[]
  activeRuns: ActiveRun[]
  workflowId: string
  firstMessageAt: string | null
  firstResponseAt: string | null
  createdAt: string
  closedAt: string | null
}
export type ActiveRun = {
  id: string
  flowId: string
  flowName: string
  state: 'starting' | 'open' | 'parked'
  posture: string
  nodeId: string | null
  wakeAt: string | null
  startedAt: string
}
export type HandBack = { epoch?: number }
export type AssignConversation = { epoch?: number; personId: string | null }
export type CloseConversation = { epoch?: number; reason?: string }
export type SnoozeConversation = { epoch?: number; until: string | null }
export type ReleaseHeld = Record<string, never>
export type TaggedConversations = { tagged: number; untagged: number }
export type TagConversations = { conversationIds: string[]; add?: string[]; remove?: string[] }
export type MessagePage = { items: Message[]; nextCursor: string | null }
export type Message = {
  id: string
  conversationId: string
  channelId: string
  direction: 'inbound' | 'outbound' | 'internal'
  sender: MessageSender
  content: MessageContent
  media: MediaFile | null
  state:
    | 'queued'
    | 'sending'
    | 'unknown'
    | 'accepted'
    | 'sent'
    | 'delivered'
    | 'read'
    | 'failed'
    | 'suppressed'
    | 'superseded'
    | null
  failure: MessageFailure | null
  attempt: number
  possibleDuplicate: boolean
  duplicateDetected: boolean
  held: { until: string; reason: string | null }
  replyTo: {
    id: string | null
    externalId: string
    direction: 'inbound' | 'outbound' | 'internal' | null
    preview: string
  }
  reactions: Reaction[]
  run: { id: string; flowId: string; flowName: string; nodeId: string | null }
  automated: boolean
  seq: number | null
  clientId: string | null
  externalId: string | null
  sentAt: string
  createdAt: string
  deliveredAt: string | null
  readAt: string | null
}
export type MessageSender = {
  type: 'contact' | 'user' | 'flow' | 'system' | 'echo' | 'api'
  id: string | null
  name: string | null
}
export type MessageContent =
  | { kind: 'text'; text: string; previewUrl?: boolean }
  | { kind: 'image'; media: Media; caption?: string }
  | { kind: 'video'; media: Media; caption?: string }
  | { kind: 'audio'; media: Media; caption?: string }
  | { kind: 'document'; media: Media; caption?: string }
  | { kind: 'sticker'; media: Media; caption?: string }
  | { kind: 'location'; latitude: number; longitude: number; name?: string; address?: string }
  | {
      kind: 'contacts'
      contacts: { name: { formatted_name: string }; phones?: { phone?: string; wa_id?: string }[] }[]
    }
  | { kind: 'reaction'; messageExternalId: string; emoji: string | null }
  | {
      kind: 'buttons'
      text: string
      header?:
        | { kind: 'text'; text: string }
        | { kind: 'image'; media: Media }
        | { kind: 'video'; media: Media }
        | { kind: 'document'; media: Media }
      footer?: string
      buttons: { id: string; title: string }[]
    }
  | {
      kind: 'list'
      text: string
      header?:
        | { kind: 'text'; text: string }
        | { kind: 'image'; media: Media }
        | { kind: 'video'; media: Media }
        | { kind: 'document'; media: Media }
      footer?: string
      button: string
      sections: { title?: string; rows: { id: string; title: string; description?: string }[] }[]
    }
  | {
      kind: 'link_button'
      text: string
      header?:
        | { kind: 'text'; text: string }
        | { kind: 'image'; media: Media }
        | { kind: 'video'; media: Media }
        | { kind: 'document'; media: Media }
      footer?: string
      label: string
      url: string
    }
  | { kind: 'location_request'; text: string }
  | {
      kind: 'template'
      name: string
      language: string
      category?: 'marketing' | 'utility' | 'authentication'
      components?: { type: string }[]
      text?: string
      face?: TemplateFace
    }
  | { kind: 'text'; text: string }
  | { kind: 'location'; latitude: number; longitude: number; name?: string; address?: string; url?: string }
  | { kind: 'contacts'; contacts: Record<string, unknown>[] }
  | { kind: 'tap'; source: 'button' | 'list' | 'template'; id?: string; title: string; description?: string }
  | { kind: 'form_reply'; name?: string; text?: string; raw: string }
  | { kind: 'permission_reply'; response: string; raw: Record<string, unknown> }
  | {
      kind: 'order'
      catalogId: string
      text?: string
      items: { productRetailerId: string; quantity: number; itemPriceMinor: number; currency: string }[]
    }
  | {
      kind: 'system'
      event: 'number_changed' | 'identity_changed' | 'user_id_changed' | 'chat_opened' | 'other'
      text?: string
      newExternalId?: string
    }
  | { kind: 'edit'; originalExternalId: string; text?: string }
  | { kind: 'revoke'; originalExternalId: string }
  | { kind: 'unsupported'; type?: string; text?: string; errors?: { code?: number }[] }
  | { kind: 'line'; code: string; params?: Record<string, string | number> }
export type Media = {
  fileId?: string
  providerMediaId?: string
  link?: string
  mimeType?: string
  fileName?: string
  sizeBytes?: number
  sha256?: string
  voice?: boolean
  animated?: boolean
}
export type TemplateFace = {
  header?:
    | { kind: 'text'; text: string }
    | { kind: 'image'; media: Media }
    | { kind: 'video'; media: Media }
    | { kind: 'document'; media: Media }
  body: string
  footer?: string
  buttons: { kind: 'reply' | 'link' | 'call' | 'code' | 'other'; text: string; url?: string }[]
}
export type Reaction = {
  senderType: 'contact' | 'user' | 'flow' | 'system' | 'echo' | 'api'
  emoji: string
  at: string
}
export type WriteReply = { content: OutboundContent; replyTo?: string; clientId: string }
export type OutboundContent =
  | { kind: 'text'; text: string; previewUrl?: boolean }
  | { kind: 'image'; media: Media; caption?: string }
  | { kind: 'video'; media: Media; caption?: string }
  | { kind: 'audio'; media: Media; caption?: string }
  | { kind: 'document'; media: Media; caption?: string }
  | { kind: 'sticker'; media: Media; caption?: string }
  | { kind: 'location'; latitude: number; longitude: number; name?: string; address?: string }
  | {
      kind: 'contacts'
      contacts: { name: { formatted_name: string }; phones?: { phone?: string; wa_id?: string }[] }[]
    }
  | { kind: 'reaction'; messageExternalId: string; emoji: string | null }
  | {
      kind: 'buttons'
      text: string
      header?:
        | { kind: 'text'; text: string }
        | { kind: 'image'; media: Media }
        | { kind: 'video'; media: Media }
        | { kind: 'document'; media: Media }
      footer?: string
      buttons: { id: string; title: string }[]
    }
  | {
      kind: 'list'
      text: string
      header?:
        | { kind: 'text'; text: string }
        | { kind: 'image'; media: Media }
        | { kind: 'video'; media: Media }
        | { kind: 'document'; media: Media }
      footer?: string
      button: string
      sections: { title?: string; rows: { id: string; title: string; description?: string }[] }[]
    }
  | {
      kind: 'link_button'
      text: string
      header?:
        | { kind: 'text'; text: string }
        | { kind: 'image'; media: Media }
        | { kind: 'video'; media: Media }
        | { kind: 'document'; media: Media }
      footer?: string
      label: string
      url: string
    }
  | { kind: 'location_request'; text: string }
  | {
      kind: 'template'
      name: string
      language: string
      category?: 'marketing' | 'utility' | 'authentication'
      components?: { type: string }[]
      text?: string
      face?: TemplateFace
    }
export type ChannelPage = { items: Channel[]; nextCursor: string | null }
export type Channel = {
  id: string
  kind: 'whatsapp_cloud'
  name: string
  status: ChannelStatus
  statusReason: string | null
  businessAccountId: string
  phoneNumberId: string
  displayPhone: string
  verifiedName: string
  quality: string
  messagingLimit: string | null
  messagesPerSecond: number
  baseUrl: string | null
  webhookUrl: string
  accessToken: MaskedSecret
  appSecret: MaskedSecret
  templateCount: number
  lastInboundAt: string | null
  createdAt: string
  updatedAt: string
}
export type ChannelStatus = 'connected' | 'pending' | 'disconnected' | 'restricted'
export type MaskedSecret = { set: boolean; hint: string }
export type ChannelEventPage = { items: ChannelEvent[]; nextCursor: string | null }
export type ChannelEvent = { id: string; channelId: string; kind: string; at: string; payload: Record<string, unknown> }
export type ConnectChannel = {
  name: string
  phoneNumberId: string
  businessAccountId: string
  accessToken: string
  appSecret: string
  baseUrl?: string
}
export type ChangeChannel = { name?: string; accessToken?: string; appSecret?: string; messagesPerSecond?: number }
export type ChannelTest = {
  ok: boolean
  steps: {
    step: 'credentials' | 'webhook' | 'number' | 'templates'
    ok: boolean
    code: string | null
    message: string | null
  }[]
  checkedAt: string
}
export type ParkedItemPage = { items: ParkedItem[]; nextCursor: string | null }
export type ParkedItem = {
  id: string
  channelId: string
  kind: string
  attempts: number
  error: string | null
  receivedAt: string
  item?: unknown
}
export type ContactPage = { items: ContactSummary[]; nextCursor: string | null }
export type ContactSummary = {
  id: string
  name: string
  phone: string | null
  email: string | null
  locale: string | null
  blocked: boolean
  tags: TagRef[]
  lastSeenAt: string
  createdAt: string
}
export type Contact = {
  id: string
  name: string
  phone: string | null
  email: string | null
  locale: string | null
  blocked: boolean
  tags: TagRef[]
  lastSeenAt: string
  createdAt: string
  timeZone: string | null
  birthday: string | null
  fields: Record<string, string | number | boolean>
  identities: ContactIdentity[]
  consents: Consent[]
  suppressions: { category: ConsentCategory | null; reason: string; at: string }[]
  messageCounts: { received: number; sent: number }
  conversationCount: number
  firstSeenAt: string
  version: number
  updatedAt: string
}
export type ContactIdentity = {
  id: string
  channelKind: string
  businessAccountId: string
  externalId: string
  type: 'phone' | 'user' | 'parent_user'
  username: string | null
}
export type Consent = { category: ConsentCategory; state: ConsentState; source: string; at: string }
export type ConsentState = 'granted' | 'withdrawn'
export type CreateContact = {
  name?: string
  email?: string | null
  locale?: string | null
  timeZone?: string | null
  birthday?: string | null
  fields?: Record<string, string | number | boolean | null>
  phone: string
  tagIds?: string[]
}
export type ChangeContact = {
  name?: string
  email?: string | null
  locale?: string | null
  timeZone?: string | null
  birthday?: string | null
  fields?: Record<string, string | number | boolean | null>
  phone?: string | null
  blocked?: boolean
  version?: number
}
export type SetConsent = { state: ConsentState; source: string; proof?: Record<string, string> }
export type SuppressionPage = { items: Suppression[]; nextCursor: string | null }
export type Suppression = {
  id: string
  contactId: string
  contactName: string
  phone: string | null
  category: ConsentCategory | null
  reason: string
  note: string
  actor: Actor
  actorName: string | null
  messageId: string | null
  at: string
}
export type SuppressionReason = 'opt_out_word' | 'by_hand' | 'complaint' | 'erased'
export type AddSuppression = {
  contactId: string
  category: ConsentCategory | null
  reason?: 'by_hand' | 'complaint'
  note?: string
}
export type ConsentHistory = { items: ConsentChange[]; nextCursor: string | null }
export type ConsentChange = {
  id: string
  category: ConsentCategory
  state: ConsentState
  source: string
  actor: Actor
  actorName: string | null
  evidence: string | null
  messageId: string | null
  conversationId: string | null
  at: string
}
export type DataRequestPage = { items: DataRequest[]; nextCursor: string | null }
export type DataRequest = {
  id: string
  contactId: string
  kind: 'export' | 'erasure'
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  step: 'begin' | 'workflows' | 'key' | 'media' | 'rows' | 'settle' | 'pack' | 'kept' | null
  doneCount: number
  totalCount: number | null
  sizeBytes: number | null
  report: ErasureReport
  errorCode: string | null
  requestedBy: Actor
  createdAt: string
  endedAt: string | null
  expiresAt: string | null
}
export type ErasureReport = {
  rows?: Record<string, number>
  media?: number
  workflows?: { ended: number; deleted: number }
  keyDestroyed?: boolean
}
export type NewDataRequest = { kind: 'export' | 'erasure' }
export type RetentionPolicy = { historyMonths: number; auditMonths: number; rawDays: number; deliveryDays: number }
export type ChangeRetention = { historyMonths?: number; auditMonths?: number; rawDays?: number; deliveryDays?: number }
export type CustomFieldPage = { items: CustomField[]; nextCursor: string | null }
export type CustomField = {
  id: string
  key: string
  label: string
  type: CustomFieldType
  options: string[]
  required: boolean
  createdAt: string
}
export type CustomFieldType = 'text' | 'number' | 'date' | 'choice' | 'checkbox'
export type CreateCustomField = {
  key: string
  label: string
  type: CustomFieldType
  options?: string[]
  required?: boolean
}
export type ChangeCustomField = { label?: string; options?: string[]; required?: boolean }
export type TagPage = { items: Tag[]; nextCursor: string | null }
export type Tag = {
  id: string
  name: string
  color: TagColor
  contactCount: number
  conversationCount: number
  createdAt: string
}
export type CreateTag = { name: string; color?: TagColor }
export type ChangeTag = { name?: string; color?: TagColor }
export type FlowPage = { items: FlowSummary[]; nextCursor: string | null }
export type FlowSummary = {
  id: string
  name: string
  description: string
  enabled: boolean
  priority: number
  triggers: string[]
  published: { versionId: string; number: number; publishedAt: string }
  hasUnpublishedChanges: boolean
  standingCount: number
  endedCount: number
  completedCount: number
  version: number
  createdAt: string
  updatedAt: string
}
export type Flow = {
  id: string
  name: string
  description: string
  enabled: boolean
  priority: number
  triggers: string[]
  published: { versionId: string; number: number; publishedAt: string }
  hasUnpublishedChanges: boolean
  standingCount: number
  endedCount: number
  completedCount: number
  version: number
  createdAt: string
  updatedAt: string
  draft: FlowDefinition
  problems: FlowProblem[]
}
export type FlowDefinition = {
  schemaVersion: 1
  nodes: (
    | { id: string; label?: string; position?: { x: number; y: number }; type: 'start'; config: Record<string, never> }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'send_text'
        config: { text: string; previewUrl?: boolean }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'send_media'
        config: {
          media: 'image' | 'video' | 'audio' | 'document' | 'sticker'
          fileId?: string
          link?: string
          caption?: string
          fileName?: string
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'send_location'
        config: { latitude: number; longitude: number; name?: string; address?: string }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'send_link_button'
        config: { text: string; label: string; url: string; footer?: string }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'send_template'
        config: {
          name: string
          language: string
          category?: 'marketing' | 'utility' | 'authentication'
          header?: { name?: string; text: string }[]
          body?: { name?: string; text: string }[]
          buttons?: { index: number; text: string }[]
          preview?: string
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'send_buttons'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
          header?: string
          footer?: string
          buttons: { id: string; title: string; value?: string }[]
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'send_list'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
          header?: string
          footer?: string
          button: string
          sections: { title?: string; rows: { id: string; title: string; description?: string; value?: string }[] }[]
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_text'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
          charsMin?: number
          charsMax?: number
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_choice'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
          options: { id: string; title: string; value?: string; words?: string[] }[]
          display?: 'auto' | 'buttons' | 'list' | 'text'
          listButton?: string
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_number'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
          min?: number
          max?: number
          integer?: boolean
          decimalComma?: boolean
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_email'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_date'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
          order?: 'dmy' | 'mdy'
          earliest?: string | { daysFromToday: number }
          latest?: string | { daysFromToday: number }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_image'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_video'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_audio'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_document'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_location'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ask_contact'
        config: {
          text: string
          variable?: string
          contactField?: string
          retryText?: string
          retriesMax?: number
          timeout?: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'condition'
        config: { branches: { id: string; label?: string; when: Condition }[] }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'business_hours'
        config: { calendarId?: string }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'ab_split'
        config: { variants: { id: string; label?: string; weight: number }[]; by?: 'contact' | 'run' }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'set_variable'
        config: {
          variable: string
          value:
            | { kind: 'literal'; value: string | number | boolean | null }
            | { kind: 'template'; template: string }
            | { kind: 'logic'; rule: Condition }
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'delay'
        config: {
          until:
            | {
                kind: 'span'
                span: { value: number; unit: 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' }
              }
            | { kind: 'time'; time: string; days?: number[]; clock?: 'business' | 'contact' }
            | { kind: 'date'; date: string; time: string; offsetDays?: number; clock?: 'business' | 'contact' }
            | { kind: 'open'; calendarId?: string }
        }
      }
    | { id: string; label?: string; position?: { x: number; y: number }; type: 'jump'; config: { nodeId?: string } }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'subflow'
        config: {
          flowId?: string
          flowVersionId?: string
          inputs?: {
            variable: string
            value:
              | { kind: 'literal'; value: string | number | boolean | null }
              | { kind: 'template'; template: string }
              | { kind: 'logic'; rule: Condition }
          }[]
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'note'
        config: { text: string; width?: number; height?: number }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'set_contact_field'
        config: {
          field: string
          value:
            | { kind: 'literal'; value: string | number | boolean | null }
            | { kind: 'template'; template: string }
            | { kind: 'logic'; rule: Condition }
        }
      }
    | { id: string; label?: string; position?: { x: number; y: number }; type: 'add_tag'; config: { tag: string } }
    | { id: string; label?: string; position?: { x: number; y: number }; type: 'remove_tag'; config: { tag: string } }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'rest_request'
        config: {
          method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
          url: string
          headers?: { name: string; value: string }[]
          body?: { kind: 'none' } | { kind: 'json'; value: unknown } | { kind: 'text'; text: string }
          credentialId?: string
          timeoutSeconds?: number
          saves?: { variable: string; path: string }[]
          statusVariable?: string
        }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'hand_over'
        config: { teamId?: string; userId?: string; priority?: 'low' | 'normal' | 'high' | 'urgent'; note?: string }
      }
    | {
        id: string
        label?: string
        position?: { x: number; y: number }
        type: 'end'
        config: { outcome?: 'completed' | 'stopped' }
      }
  )[]
  edges: { from: { node: string; port: string }; to: string }[]
  triggers?: FlowTrigger[]
  variables?: {
    name: string
    type?: 'text' | 'number' | 'boolean' | 'date' | 'list' | 'object'
    initial?: string | number | boolean | null
    description?: string
  }[]
  settings?: { handOverWords?: string[] }
}
export type FlowTrigger =
  | { kind: 'first_message'; when?: Condition }
  | { kind: 'any_message'; when?: Condition }
  | { kind: 'keyword'; keywords: string[]; match?: 'any' | 'exact' | 'contains' | 'starts'; when?: Condition }
  | { kind: 'contact_field_changed'; field: string; when?: Condition }
  | { kind: 'contact_tagged'; tag: string; when?: Condition }
  | { kind: 'time'; timeZone: string; days?: number[]; times: string[]; when?: Condition }
  | { kind: 'api'; when?: Condition }
export type FlowProblem = {
  severity: 'error' | 'warning'
  code: string
  nodeId?: string
  path?: string
  message?: string
}
export type CreateFlow = { name: string; description?: string; priority?: number; draft?: FlowDefinition }
export type ChangeFlow = {
  version: number
  name?: string
  description?: string
  priority?: number
  draft?: FlowDefinition
}
export type FlowValidation = { ok: boolean; problems: FlowProblem[] }
export type ValidateFlow = { draft?: FlowDefinition }
export type FlowVersionPage = { items: FlowVersion[]; nextCursor: string | null }
export type FlowVersion = {
  id: string
  flowId: string
  number: number
  note: string
  publishedBy: { id: string; name: string }
  publishedAt: string
  definition?: FlowDefinition
}
export type PublishFlow = { version: number; note?: string; enable?: boolean }
export type FlowCounts = { flowId: string; total: number; nodes: { nodeId: string; count: number }[] }
export type RunDetail = {
  id: string
  flow: { id: string; name: string; versionId: string; versionNumber: number }
  contact: { id: string; name: string }
  conversationId: string
  cause: Record<string, unknown>
  state: RunState
  posture: string
  outcome: string | null
  errorCode: string | null
  turn: number
  nodeId: string | null
  wakeAt: string | null
  workflowId: string
  startedAt: string
  updatedAt: string
  endedAt: string | null
  variables: Record<string, unknown>
}
export type RunState = 'starting' | 'open' | 'parked' | 'closed' | 'failed'
export type StartRun = {
  contactId: string
  channelId?: string
  variables?: Record<string, string | number | boolean>
  cause: string
}
export type RunPage = { items: Run[]; nextCursor: string | null }
export type Run = {
  id: string
  flow: { id: string; name: string; versionId: string; versionNumber: number }
  contact: { id: string; name: string }
  conversationId: string
  cause: Record<string, unknown>
  state: RunState
  posture: string
  outcome: string | null
  errorCode: string | null
  turn: number
  nodeId: string | null
  wakeAt: string | null
  workflowId: string
  startedAt: string
  updatedAt: string
  endedAt: string | null
}
export type RunEventPage = { items: RunEvent[]; nextCursor: string | null }
export type RunEvent = {
  id: string
  turn: number
  at: string
  kind: string
  nodeId: string | null
  detail: Record<string, unknown>
}
export type TemplatePage = { items: Template[]; nextCursor: string | null }
export type Template = {
  id: string
  channelId: string
  providerId: string | null
  name: string
  language: string
  category: TemplateCategory
  status: string
  rejectedReason: string | null
  quality: string | null
  components: { type: string }[]
  body: string
  variables: string[]
  updatedAt: string
}
export type TemplateCategory = 'marketing' | 'utility' | 'authentication'
export type WebhookSubscriptionPage = { items: WebhookSubscription[]; nextCursor: string | null }
export type WebhookSubscription = {
  id: string
  name: string
  url: string
  events: string[]
  filter?: unknown
  schedule: WebhookSchedule
  retryCount: number
  timeoutSeconds: number
  inFlightMax: number
  ordered: boolean
  status: 'active' | 'disabled'
  disabledReason: 'person' | 'gone' | 'failing' | null
  health: 'new' | 'healthy' | 'failing' | 'resting' | 'disabled'
  restsUntil: string | null
  secretHint: string
  previousSecretUntil: string | null
  clientCertificate: { subject: string; expiresAt: string }
  lastDeliveredAt: string | null
  waiting: number
  successRate: number | null
  averageLatencyMs: number | null
  createdAt: string
  updatedAt: string
}
export type WebhookSchedule = 'default' | 'long'
export type WebhookSecret = { subscription: WebhookSubscription; secret: string }
export type CreateWebhookSubscription = {
  name: string
  url: string
  events: EventType[]
  filter?: Condition | null
  schedule?: WebhookSchedule
  retryCount?: number
  timeoutSeconds?: number
  inFlightMax?: number
  ordered?: boolean
  clientTls?: WebhookClientTls | null
}
export type EventType =
  | 'tenant.created'
  | 'member.invited'
  | 'member.joined'
  | 'member.changed'
  | 'role.changed'
  | 'channel.connected'
  | 'channel.changed'
  | 'channel.event_received'
  | 'contact.created'
  | 'contact.changed'
  | 'contact.tagged'
  | 'contact.untagged'
  | 'contact.erased'
  | 'consent.changed'
  | 'conversation.opened'
  | 'conversation.changed'
  | 'conversation.assigned'
  | 'conversation.handed_over'
  | 'conversation.closed'
  | 'conversation.tagged'
  | 'conversation.untagged'
  | 'message.received'
  | 'message.held'
  | 'message.released'
  | 'message.queued'
  | 'message.changed'
  | 'media.changed'
  | 'flow.changed'
  | 'flow.published'
  | 'run.started'
  | 'run.changed'
  | 'run.ended'
  | 'notification.created'
  | 'translations.changed'
  | 'webhook.changed'
  | 'api_key.created'
  | 'api_key.revoked'
  | 'diagnostics.ended'
export type WebhookSampleList = { items: { type: string; body: WebhookBody }[] }
export type WebhookBody = {
  id: string
  type: string
  version: number
  timestamp: string
  tenantId: string
  actor: Record<string, unknown>
  subject: { type: string; id: string }
  conversationId: string | null
  correlationId: string | null
  data: Record<string, unknown>
}
export type ChangeWebhookSubscription = {
  name?: string
  url?: string
  events?: EventType[]
  filter?: Condition | null
  schedule?: WebhookSchedule
  retryCount?: number
  timeoutSeconds?: number
  inFlightMax?: number
  ordered?: boolean
  clientTls?: WebhookClientTls | null
  enabled?: boolean
}
export type RotateWebhookSecret = { overlapHours?: number }
export type WebhookDelivery = {
  id: string
  subscriptionId: string
  kind: 'event' | 'sample' | 'ping' | 'edited'
  type: string
  state: 'held' | 'queued' | 'sending' | 'retrying' | 'delivered' | 'failed' | 'skipped'
  failure: 'refused' | 'gone' | 'blocked' | 'exhausted' | 'expired' | 'disabled' | null
  attempts: number
  attemptsMax: number
  statusCode: number | null
  error: string | null
  latencyMs: number | null
  conversationId: string | null
  nextAttemptAt: string | null
  createdAt: string
  settledAt: string | null
}
export type SendWebhookSample = { type: EventType }
export type WebhookStatistics = {
  hours: number
  attempts: number
  delivered: number
  successRate: number | null
  averageLatencyMs: number | null
  byHour: { hour: string; attempts: number; delivered: number; averageLatencyMs: number | null }[]
}
export type WebhookDeliveryPage = { items: WebhookDelivery[]; nextCursor: string | null }
export type WebhookDeliveryDetail = {
  id: string
  subscriptionId: string
  kind: 'event' | 'sample' | 'ping' | 'edited'
  type: string
  state: 'held' | 'queued' | 'sending' | 'retrying' | 'delivered' | 'failed' | 'skipped'
  failure: 'refused' | 'gone' | 'blocked' | 'exhausted' | 'expired' | 'disabled' | null
  attempts: number
  attemptsMax: number
  statusCode: number | null
  error: string | null
  latencyMs: number | null
  conversationId: string | null
  nextAttemptAt: string | null
  createdAt: string
  settledAt: string | null
  body: string
  workflowId: string
  log: WebhookAttempt[]
}
export type WebhookAttempt = {
  id: string
  number: number
  at: string
  latencyMs: number | null
  statusCode: number | null
  error: string | null
  request: { url: string; headers: Record<string, string> }
  response: { headers: Record<string, string>; body: string }
}
export type ResendWebhook = { body: string }
export type Redelivered = { queued: number; nextSince: string | null }
export type RedeliverSince = { since: string; which?: 'undelivered' | 'all' }
export type ApiRequestPage = { items: ApiRequest[]; nextCursor: string | null }
export type ApiRequest = {
  id: string
  at: string
  method: string
  route: string
  subjectId: string | null
  status: number
  durationMs: number
  principal: { kind: 'person' | 'api_key' | 'system' | 'platform'; id: string | null; name: string | null }
  requestId: string
  address: string
  code: string | null
}
export type Usage = { plan: { key: string; name: string }; quotas: QuotaUse[]; rates: RateLimit[] }
export type QuotaUse = {
  quota:
    | 'members'
    | 'channels'
    | 'contacts'
    | 'flows'
    | 'customFields'
    | 'tags'
    | 'roles'
    | 'calendars'
    | 'webhooks'
    | 'apiKeys'
    | 'storageBytes'
    | 'messages'
    | 'campaigns'
    | 'apiCalls'
  used: number
  limit: number
  resetsAt: string | null
}
export type DiagnosticSchedule = { enabled: boolean; nextAt: string | null }
export type ChangeDiagnosticSchedule = { enabled: boolean }

/** Every operation that an API key may call, by method and path. */
export type Operations = {
  /** Who belongs to the tenant Needs: members.read. */
  'GET /members': {
    query: { limit?: number; cursor?: string; status?: MemberStatus }
    answer: MemberPage
  }
  /** One member Needs: members.read. */
  'GET /members/{id}': {
    path: { id: string }
    answer: Member
  }
  /** Give a member another role, or let them in or out Needs: members.manage. */
  'PATCH /members/{id}': {
    path: { id: string }
    body: ChangeMember
    answer: Member
  }
  /** Invitations that are still open Needs: members.manage. */
  'GET /invitations': {
    query: { limit?: number; cursor?: string }
    answer: InvitationPage
  }
  /** Invite somebody by mail; an earlier invitation of the address ends Needs: members.manage. */
  'POST /invitations': {
    body: CreateInvitation
    answer: Invitation
  }
  /** Take an invitation back Needs: members.manage. */
  'DELETE /invitations/{id}': {
    path: { id: string }
    answer: undefined
  }
  /** The roles of the tenant, the built-in ones first Needs: members.read. */
  'GET /roles': {
    answer: RoleList
  }
  /** Make a role Needs: roles.manage. */
  'POST /roles': {
    body: CreateRole
    answer: Role
  }
  /** Everything a role can allow Needs: roles.read. */
  'GET /roles/permissions': {
    answer: PermissionList
  }
  /** One role Needs: members.read. */
  'GET /roles/{id}': {
    path: { id: string }
    answer: Role
  }
  /** Change what a role is called or allows Needs: roles.manage. */
  'PATCH /roles/{id}': {
    path: { id: string }
    body: ChangeRole
    answer: Role
  }
  /** Delete a role; whoever holds it gets the one that moveTo names Needs: roles.manage. */
  'DELETE /roles/{id}': {
    path: { id: string }
    query: { moveTo?: string }
    answer: undefined
  }
  /** The tenant you work in Needs: member. */
  'GET /tenant': {
    answer: Tenant
  }
  /** Change its name, language or time zone, or when conversations end and open again Needs: settings.manage. */
  'PATCH /tenant': {
    body: ChangeTenant
    answer: Tenant
  }
  /** Business hours Needs: calendars.read. */
  'GET /calendars': {
    query: { limit?: number; cursor?: string }
    answer: CalendarPage
  }
  /** Make a calendar Needs: calendars.manage. */
  'POST /calendars': {
    body: CreateCalendar
    answer: StoredCalendar
  }
  /** One calendar Needs: calendars.read. */
  'GET /calendars/{id}': {
    path: { id: string }
    answer: StoredCalendar
  }
  /** Change a calendar Needs: calendars.manage. */
  'PATCH /calendars/{id}': {
    path: { id: string }
    body: ChangeCalendar
    answer: StoredCalendar
  }
  /** Delete a calendar that is not the default one Needs: calendars.manage. */
  'DELETE /calendars/{id}': {
    path: { id: string }
    answer: undefined
  }
  /** Who did what, the newest first Needs: audit.read. */
  'GET /audit': {
    query: {
      limit?: number
      cursor?: string
      actorId?: string
      actorKind?: 'person' | 'api_key' | 'platform' | 'contact' | 'run' | 'system'
      action?: string
      subjectType?: string
      subjectId?: string
      from?: string
      to?: string
    }
    answer: AuditPage
  }
  /** The texts that this tenant says otherwise than the product Needs: member. */
  'GET /translations/{locale}': {
    path: { locale: Locale }
    answer: TranslationOverrides
  }
  /** Say some texts otherwise; texts that are not named stay as they are Needs: translations.manage. */
  'PUT /translations/{locale}': {
    path: { locale: Locale }
    body: PutTranslations
    answer: TranslationOverrides
  }
  /** Go back to the product's own text Needs: translations.manage. */
  'DELETE /translations/{locale}/{key}': {
    path: { locale: Locale; key: string }
    answer: undefined
  }
  /** Whether the platform's administrators may come in, until when, and for what Needs: settings.manage. */
  'GET /support-access': {
    answer: SupportAccess
  }
  /** Let nobody in any more; who is inside is out at once Needs: tenant.own. */
  'DELETE /support-access': {
    answer: undefined
  }
  /** What contacts tapped, by button and by where it stood Needs: flows.read. */
  'GET /analytics/taps': {
    query: { since?: string; until?: string; flowId?: string }
    answer: TapReport
  }
  /** The inbox, the last written to first Needs: conversations.read. */
  'GET /conversations': {
    query: {
      limit?: number
      cursor?: string
      state?: 'open' | 'bot' | 'queued' | 'assigned' | 'snoozed' | 'closed'
      unread?: boolean
      mine?: boolean
      needsPeople?: boolean
      q?: string
      channelId?: string
      contactId?: string
      tagId?: string
      from?: string
      until?: string
      field?: string
      value?: string
    }
    answer: ConversationPage
  }
  /** How many open conversations each view has Needs: conversations.read. */
  'GET /conversations/counts': {
    answer: ConversationCounts
  }
  /** A conversation with its runs that are not over Needs: conversations.read. */
  'GET /conversations/{id}': {
    path: { id: string }
    answer: Conversation
  }
  /** Hand back to the bot Needs: conversations.reply. */
  'POST /conversations/{id}/hand-back': {
    path: { id: string }
    body: HandBack
    answer: Conversation
  }
  /** Give the conversation to a member, or back to the queue Needs: conversations.assign. */
  'POST /conversations/{id}/assign': {
    path: { id: string }
    body: AssignConversation
    answer: Conversation
  }
  /** Close the conversation Needs: conversations.reply. */
  'POST /conversations/{id}/close': {
    path: { id: string }
    body: CloseConversation
    answer: Conversation
  }
  /** Open a closed conversation again Needs: conversations.reply. */
  'POST /conversations/{id}/reopen': {
    path: { id: string }
    body: Record<string, never>
    answer: Conversation
  }
  /** Hide until an instant or the next message Needs: conversations.reply. */
  'POST /conversations/{id}/snooze': {
    path: { id: string }
    body: SnoozeConversation
    answer: Conversation
  }
  /** Mark as read for everybody Needs: conversations.reply. */
  'POST /conversations/{id}/read': {
    path: { id: string }
    body: Record<string, never>
    answer: Conversation
  }
  /** Release held messages and lift the block Needs: conversations.manage. */
  'POST /conversations/{id}/release-held': {
    path: { id: string }
    body: ReleaseHeld
    answer: Conversation
  }
  /** Put a tag on a conversation Needs: conversations.reply. */
  'POST /conversations/{id}/tags/{tagId}': {
    path: { id: string; tagId: string }
    answer: Conversation
  }
  /** Take a tag off a conversation Needs: conversations.reply. */
  'DELETE /conversations/{id}/tags/{tagId}': {
    path: { id: string; tagId: string }
    answer: Conversation
  }
  /** Put tags on many conversations at once, and take others off Needs: conversations.reply. */
  'POST /conversations/tags': {
    body: TagConversations
    answer: TaggedConversations
  }
  /** Show the contact that an answer is being written; at most once in 20 seconds, best effort Needs: conversations.reply. */
  'POST /conversations/{id}/typing': {
    path: { id: string }
    body: Record<string, never>
    answer: undefined
  }
  /** A thread, newest first; `nextCursor` is the next `before` Needs: conversations.read. */
  'GET /conversations/{id}/messages': {
    path: { id: string }
    query: { before?: string; after?: string; limit?: number }
    answer: MessagePage
  }
  /** Write to the contact; the same clientId writes once Needs: conversations.reply. */
  'POST /conversations/{id}/messages': {
    path: { id: string }
    body: WriteReply
    answer: Message
  }
  /** What a run wrote, in order Needs: conversations.read. */
  'GET /runs/{id}/messages': {
    path: { id: string }
    query: { limit?: number; cursor?: string }
    answer: MessagePage
  }
  /** Send a failed message once more Needs: conversations.reply. */
  'POST /messages/{id}/retry': {
    path: { id: string }
    answer: Message
  }
  /** Connected numbers; secrets are masked Needs: channels.read. */
  'GET /channels': {
    query: { limit?: number; cursor?: string }
    answer: ChannelPage
  }
  /** Connect a WhatsApp number by its Cloud API credentials Needs: channels.manage. */
  'POST /channels': {
    body: ConnectChannel
    answer: Channel
  }
  /** A connected number Needs: channels.read. */
  'GET /channels/{id}': {
    path: { id: string }
    answer: Channel
  }
  /** Rename a number, replace its credentials, bound its pace Needs: channels.manage. */
  'PATCH /channels/{id}': {
    path: { id: string }
    body: ChangeChannel
    answer: Channel
  }
  /** What the provider told about a number Needs: channels.read. */
  'GET /channels/{id}/events': {
    path: { id: string }
    query: { limit?: number; cursor?: string }
    answer: ChannelEventPage
  }
  /** Go through a number step by step and say where it stops Needs: channels.manage. */
  'POST /channels/{id}/test': {
    path: { id: string }
    answer: ChannelTest
  }
  /** Stop sending over a number and take its webhooks back; its conversations stay Needs: channels.manage. */
  'POST /channels/{id}/disconnect': {
    path: { id: string }
    answer: Channel
  }
  /** What came in and could not be taken; nothing is dropped Needs: channels.manage. */
  'GET /channels/{id}/parked-items': {
    path: { id: string }
    query: { limit?: number; cursor?: string }
    answer: ParkedItemPage
  }
  /** Take a parked item once more Needs: channels.manage. */
  'POST /channels/{id}/parked-items/{itemId}/retry': {
    path: { id: string; itemId: string }
    answer: undefined
  }
  /** Contacts, newest first; `q` finds words of the name and parts of the number Needs: contacts.read. */
  'GET /contacts': {
    query: { limit?: number; cursor?: string; q?: string; tagId?: string }
    answer: ContactPage
  }
  /** Make a contact by hand Needs: contacts.write. */
  'POST /contacts': {
    body: CreateContact
    answer: Contact
  }
  /** A contact with identities, fields, tags and consents Needs: contacts.read. */
  'GET /contacts/{id}': {
    path: { id: string }
    answer: Contact
  }
  /** Change attributes and custom fields; null removes a value Needs: contacts.write. */
  'PATCH /contacts/{id}': {
    path: { id: string }
    body: ChangeContact
    answer: Contact
  }
  /** Put a tag on a contact Needs: contacts.write. */
  'POST /contacts/{id}/tags/{tagId}': {
    path: { id: string; tagId: string }
    answer: Contact
  }
  /** Take a tag off a contact Needs: contacts.write. */
  'DELETE /contacts/{id}/tags/{tagId}': {
    path: { id: string; tagId: string }
    answer: Contact
  }
  /** Record what the contact agreed to, or took back Needs: contacts.write. */
  'PUT /contacts/{id}/consents/{category}': {
    path: { id: string; category: ConsentCategory }
    body: SetConsent
    answer: Contact
  }
  /** To whom nothing is sent, the newest first Needs: contacts.read. */
  'GET /suppressions': {
    query: {
      limit?: number
      cursor?: string
      contactId?: string
      category?: ConsentCategory
      reason?: SuppressionReason
    }
    answer: SuppressionPage
  }
  /** Send nothing of a category to a contact; without a category, nothing at all Needs: contacts.write. */
  'POST /suppressions': {
    body: AddSuppression
    answer: Suppression
  }
  /** Take a contact off the list Needs: contacts.delete. */
  'DELETE /suppressions/{id}': {
    path: { id: string }
    answer: undefined
  }
  /** All that a contact said about consent, with its proof, the newest first Needs: contacts.read. */
  'GET /contacts/{id}/consent-history': {
    path: { id: string }
    query: { limit?: number; cursor?: string }
    answer: ConsentHistory
  }
  /** Exports and erasures of a contact, the newest first; they are known beyond the erasure Needs: contacts.read. */
  'GET /contacts/{id}/data-requests': {
    path: { id: string }
    query: { limit?: number; cursor?: string }
    answer: DataRequestPage
  }
  /** Export everything about a contact, or erase them for good; erasing needs contacts.delete as well Needs: contacts.export. */
  'POST /contacts/{id}/data-requests': {
    path: { id: string }
    body: NewDataRequest
    answer: DataRequest
  }
  /** How far a request is Needs: contacts.read. */
  'GET /data-requests/{id}': {
    path: { id: string }
    answer: DataRequest
  }
  /** Cancel an export, or take its file away; an erasure cannot be cancelled Needs: contacts.export. */
  'DELETE /data-requests/{id}': {
    path: { id: string }
    answer: undefined
  }
  /** How long what is kept Needs: member. */
  'GET /retention': {
    answer: RetentionPolicy
  }
  /** Keep history and audit longer or shorter, and never less than twelve months Needs: settings.manage. */
  'PATCH /retention': {
    body: ChangeRetention
    answer: RetentionPolicy
  }
  /** Custom fields in the order they were made Needs: contacts.read. */
  'GET /custom-fields': {
    query: { limit?: number; cursor?: string }
    answer: CustomFieldPage
  }
  /** Define a custom field Needs: fields.manage. */
  'POST /custom-fields': {
    body: CreateCustomField
    answer: CustomField
  }
  /** Change the label, options or obligation of a field Needs: fields.manage. */
  'PATCH /custom-fields/{id}': {
    path: { id: string }
    body: ChangeCustomField
    answer: CustomField
  }
  /** Tags by name, with how many contacts and conversations carry each Needs: contacts.read. */
  'GET /tags': {
    query: { limit?: number; cursor?: string }
    answer: TagPage
  }
  /** Make a tag Needs: tags.manage. */
  'POST /tags': {
    body: CreateTag
    answer: Tag
  }
  /** Rename or recolour a tag Needs: tags.manage. */
  'PATCH /tags/{id}': {
    path: { id: string }
    body: ChangeTag
    answer: Tag
  }
  /** Remove a tag, also from everybody and everything that carries it Needs: tags.manage. */
  'DELETE /tags/{id}': {
    path: { id: string }
    answer: undefined
  }
  /** Flows, newest first, with who is inside and how runs ended Needs: flows.read. */
  'GET /flows': {
    query: { limit?: number; cursor?: string }
    answer: FlowPage
  }
  /** Make a flow; without a draft it begins empty Needs: flows.write. */
  'POST /flows': {
    body: CreateFlow
    answer: Flow
  }
  /** A flow with its draft and what is wrong with it Needs: flows.read. */
  'GET /flows/{id}': {
    path: { id: string }
    answer: Flow
  }
  /** Change a flow if nobody else did since it was read Needs: flows.write. */
  'PATCH /flows/{id}': {
    path: { id: string }
    body: ChangeFlow
    answer: Flow
  }
  /** Put a flow away: nobody comes in any more, its runs and their history stay Needs: flows.publish. */
  'DELETE /flows/{id}': {
    path: { id: string }
    answer: undefined
  }
  /** Check a draft, or the stored one, without saving it Needs: flows.read. */
  'POST /flows/{id}/validate': {
    path: { id: string }
    body: ValidateFlow
    answer: FlowValidation
  }
  /** Published versions, newest first Needs: flows.read. */
  'GET /flows/{id}/versions': {
    path: { id: string }
    query: { limit?: number; cursor?: string }
    answer: FlowVersionPage
  }
  /** A version with its definition Needs: flows.read. */
  'GET /flows/{id}/versions/{versionId}': {
    path: { id: string; versionId: string }
    answer: FlowVersion
  }
  /** Make the draft the next version; it never changes after that Needs: flows.publish. */
  'POST /flows/{id}/publish': {
    path: { id: string }
    body: PublishFlow
    answer: Flow
  }
  /** Switch a flow on Needs: flows.publish. */
  'POST /flows/{id}/enable': {
    path: { id: string }
    answer: Flow
  }
  /** Switch a flow off: who is inside goes on, nobody new comes in Needs: flows.publish. */
  'POST /flows/{id}/disable': {
    path: { id: string }
    answer: Flow
  }
  /** How many people stand at each node now Needs: flows.read. */
  'GET /flows/{id}/counts': {
    path: { id: string }
    answer: FlowCounts
  }
  /** Start a flow for a contact; the same cause starts once Needs: runs.start. */
  'POST /flows/{id}/runs': {
    path: { id: string }
    body: StartRun
    answer: RunDetail
  }
  /** Runs of flows, the last started first Needs: runs.read. */
  'GET /runs': {
    query: {
      limit?: number
      cursor?: string
      flowId?: string
      contactId?: string
      conversationId?: string
      nodeId?: string
      state?: 'active' | 'starting' | 'open' | 'parked' | 'closed' | 'failed'
    }
    answer: RunPage
  }
  /** A run with its variables as they stand Needs: runs.read. */
  'GET /runs/{id}': {
    path: { id: string }
    answer: RunDetail
  }
  /** End a run; if it had the conversation, people take over Needs: runs.manage. */
  'POST /runs/{id}/cancel': {
    path: { id: string }
    answer: RunDetail
  }
  /** What happened in a run, in order Needs: runs.read. */
  'GET /runs/{id}/events': {
    path: { id: string }
    query: { limit?: number; cursor?: string }
    answer: RunEventPage
  }
  /** Templates by name and language Needs: templates.read. */
  'GET /templates': {
    query: {
      limit?: number
      cursor?: string
      channelId?: string
      status?: string
      category?: TemplateCategory
      name?: string
    }
    answer: TemplatePage
  }
  /** Addresses that are told of events, with their health Needs: webhooks.read. */
  'GET /webhook-subscriptions': {
    query: { limit?: number; cursor?: string }
    answer: WebhookSubscriptionPage
  }
  /** Subscribe an address to events; the secret is shown this once Needs: webhooks.manage. */
  'POST /webhook-subscriptions': {
    body: CreateWebhookSubscription
    answer: WebhookSecret
  }
  /** A sample body of every event that there is Needs: webhooks.read. */
  'GET /webhook-subscriptions/samples': {
    answer: WebhookSampleList
  }
  /** One subscription Needs: webhooks.read. */
  'GET /webhook-subscriptions/{id}': {
    path: { id: string }
    answer: WebhookSubscription
  }
  /** Change a subscription, switch it off or on again Needs: webhooks.manage. */
  'PATCH /webhook-subscriptions/{id}': {
    path: { id: string }
    body: ChangeWebhookSubscription
    answer: WebhookSubscription
  }
  /** Remove a subscription with its log Needs: webhooks.manage. */
  'DELETE /webhook-subscriptions/{id}': {
    path: { id: string }
    answer: undefined
  }
  /** Make a new secret; the older one signs as well for some hours Needs: webhooks.manage. */
  'POST /webhook-subscriptions/{id}/rotate-secret': {
    path: { id: string }
    body: RotateWebhookSecret
    answer: WebhookSecret
  }
  /** Ask the address whether it is there Needs: webhooks.manage. */
  'POST /webhook-subscriptions/{id}/ping': {
    path: { id: string }
    answer: WebhookDelivery
  }
  /** Send a sample of an event Needs: webhooks.manage. */
  'POST /webhook-subscriptions/{id}/test': {
    path: { id: string }
    body: SendWebhookSample
    answer: WebhookDelivery
  }
  /** Success rate and latency, in all and by hour Needs: webhooks.read. */
  'GET /webhook-subscriptions/{id}/statistics': {
    path: { id: string }
    query: { hours?: number }
    answer: WebhookStatistics
  }
  /** What was sent to an address, is on its way, or was given up Needs: webhooks.read. */
  'GET /webhook-subscriptions/{id}/deliveries': {
    path: { id: string }
    query: {
      limit?: number
      cursor?: string
      state?: 'open' | 'delivered' | 'failed' | 'skipped'
      type?: EventType | 'webhook.ping'
    }
    answer: WebhookDeliveryPage
  }
  /** One delivery with its body and every attempt: request, answer, latency Needs: webhooks.read. */
  'GET /webhook-subscriptions/{id}/deliveries/{deliveryId}': {
    path: { id: string; deliveryId: string }
    answer: WebhookDeliveryDetail
  }
  /** Send it again under the same id, at once Needs: webhooks.manage. */
  'POST /webhook-subscriptions/{id}/deliveries/{deliveryId}/redeliver': {
    path: { id: string; deliveryId: string }
    answer: WebhookDelivery
  }
  /** Send an edited body as a delivery of its own, under an id of its own Needs: webhooks.manage. */
  'POST /webhook-subscriptions/{id}/deliveries/{deliveryId}/resend': {
    path: { id: string; deliveryId: string }
    body: ResendWebhook
    answer: WebhookDelivery
  }
  /** Send everything since an instant again: what did not arrive, or all of it Needs: webhooks.manage. */
  'POST /webhook-subscriptions/{id}/redeliver': {
    path: { id: string }
    body: RedeliverSince
    answer: Redelivered
  }
  /** What was asked of the API in the last thirty days, the newest first Needs: request_log.read. */
  'GET /request-log': {
    query: {
      limit?: number
      cursor?: string
      method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
      outcome?: 'success' | 'refused' | 'failed'
      code?: string
      route?: string
      principalKind?: 'person' | 'api_key' | 'system' | 'platform'
      principalId?: string
      requestId?: string
      subjectId?: string
      from?: string
      to?: string
    }
    answer: ApiRequestPage
  }
  /** What the tenant uses of what its plan allows Needs: settings.manage. */
  'GET /usage': {
    answer: Usage
  }
  /** Look at everything that this workspace needs to work Needs: settings.manage. */
  'POST /diagnostics/runs': {
    answer: DiagnosticRun
  }
  /** What was looked at before, and what came of it Needs: settings.manage. */
  'GET /diagnostics/runs': {
    query: { limit?: number; cursor?: string }
    answer: DiagnosticRunPage
  }
  /** One run with its checks, also while it is under way Needs: settings.manage. */
  'GET /diagnostics/runs/{id}': {
    path: { id: string }
    answer: DiagnosticRun
  }
  /** Leave out what was not looked at yet Needs: settings.manage. */
  'POST /diagnostics/runs/{id}/cancel': {
    path: { id: string }
    answer: DiagnosticRun
  }
  /** Whether the workspace is looked at every day, and when next Needs: settings.manage. */
  'GET /diagnostics/schedule': {
    answer: DiagnosticSchedule
  }
  /** Switch the daily run on or off Needs: settings.manage. */
  'PATCH /diagnostics/schedule': {
    body: ChangeDiagnosticSchedule
    answer: DiagnosticSchedule
  }
}

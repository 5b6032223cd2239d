import type { JsonObject } from './json.ts'

export type Endpoint = { url: string; verifyToken: string }

export type Waba = {
  id: string
  name: string
  namespace: string
  subscribed: boolean
  override?: Endpoint
}

export type BusinessNumber = {
  id: string
  wabaId: string
  digits: string
  displayPhoneNumber: string
  verifiedName: string
  status: 'CONNECTED' | 'DISCONNECTED' | 'PENDING'
  verification: 'VERIFIED' | 'NOT_VERIFIED'
  /** The code that request_code "sent" to the business; shown in /control/state, since there is no SIM card here. */
  code?: string
  pin?: string
  registrationsAtMs: number[]
  override?: Endpoint
  /** What the provider let this number and its business do; a new one starts at the bottom. */
  throughput?: 'STANDARD' | 'HIGH' | 'NOT_APPLICABLE'
  messagingLimit?: string
  profile: JsonObject
  automation: JsonObject
  blocked: string[]
}

export type Customer = {
  /** The wa_id of a person with a phone number; the business-scoped id of one who hides it. */
  key: string
  waId?: string
  userId: string
  username?: string
  name: string
  online: boolean
  reachable: boolean
  /** Numbers from which this person wants no marketing. */
  stopped: string[]
  /** True once somebody acted as this person, so that campaigns do not fill the phone page with strangers. */
  familiar: boolean
}

export type TemplateStatus = 'PENDING' | 'APPROVED' | 'REJECTED' | 'PAUSED' | 'DISABLED'

export type Template = {
  id: string
  wabaId: string
  name: string
  language: string
  category: string
  parameterFormat: 'POSITIONAL' | 'NAMED'
  components: JsonObject[]
  status: TemplateStatus
  rejectedReason: string
  quality: string
  pauseCount: number
  pausedUntilMs?: number
  editedAtMs: number[]
  createdAtMs: number
  ttlSeconds?: number
}

export type MediaItem = {
  id: string
  mimeType: string
  sha256: string
  sizeBytes: number
  fileName?: string
  expiresAtMs: number
}

export const STATUS_ORDER = ['accepted', 'sent', 'delivered', 'read', 'failed'] as const
export type SendStatus = (typeof STATUS_ORDER)[number]

export type ChatMessage = {
  id: string
  direction: 'in' | 'out'
  customer: string
  numberId: string
  atMs: number
  type: string
  /** Outgoing: the request body. Incoming: the message object as it leaves in the webhook. */
  body: JsonObject
  status: SendStatus
  errorCode?: number
  callbackData?: string
  /** The code with which it will fail, decided at acceptance. */
  plannedFailure?: number
  /** What a template looked like when it was sent. */
  rendered?: JsonObject
}

export const threadKey = (customer: string, numberId: string): string => `${customer}|${numberId}`

import type { JsonObject } from '../json.ts'

/** How an answer leaves: in peace, or with what a fault does to it. */
export type Transport =
  | { kind: 'delay'; ms: number }
  | { kind: 'drip'; ms: number }
  | { kind: 'reset' }
  | { kind: 'reset_after_headers' }

export type Reply = {
  status: number
  /** A JSON value, or bytes with their own content type. */
  json?: JsonObject
  bytes?: Uint8Array | string
  headers?: Record<string, string>
  /** The account that the call counted against. */
  wabaId?: string
  usage?: 'whatsapp' | 'whatsapp_business_management'
  transport?: Transport
}

export const success = (extra: Omit<Reply, 'status' | 'json'> = {}): Reply => ({
  status: 200,
  json: { success: true },
  ...extra,
})

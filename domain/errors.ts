/**
 * Every error that may leave the house, by code. The code is at once the DomainError's code, the `type` of a Temporal
 * failure, the `code` of an HTTP problem and the translation key `errors.<code>`.
 *
 * `status` is the HTTP status of the problem; `retry` says whether the same call may succeed later by itself.
 */
export const ERRORS = {
  // Input and access
  invalid_input: { status: 422, retry: false },
  unauthenticated: { status: 401, retry: false },
  second_factor_required: { status: 401, retry: false },
  second_factor_missing: { status: 403, retry: false },
  tenant_suspended: { status: 403, retry: false },
  confirmation_required: { status: 403, retry: false },
  api_key_invalid: { status: 401, retry: false },
  forbidden: { status: 403, retry: false },
  person_required: { status: 403, retry: false },
  address_not_allowed: { status: 403, retry: false },
  not_found: { status: 404, retry: false },
  method_not_allowed: { status: 405, retry: false },
  conflict: { status: 409, retry: false },
  payload_too_large: { status: 413, retry: false },
  unsupported_media_type: { status: 415, retry: false },
  too_many_requests: { status: 429, retry: true },
  rate_limited: { status: 429, retry: true },
  quota_exceeded: { status: 403, retry: false },
  idempotency_key_reused: { status: 422, retry: false },
  idempotency_in_progress: { status: 409, retry: true },
  cursor_invalid: { status: 422, retry: false },
  internal_error: { status: 500, retry: true },
  unavailable: { status: 503, retry: true },
  // Webhooks in
  signature_invalid: { status: 401, retry: false },
  channel_mismatch: { status: 403, retry: false },
  // Conversations and messages
  conversation_closed: { status: 409, retry: false },
  conversation_changed: { status: 409, retry: false },
  conversation_not_yours: { status: 409, retry: false },
  message_not_sendable: { status: 409, retry: false },
  service_window_closed: { status: 409, retry: false },
  recipient_opted_out: { status: 409, retry: false },
  recipient_suppressed: { status: 409, retry: false },
  template_not_approved: { status: 409, retry: false },
  superseded: { status: 409, retry: false },
  media_too_large: { status: 413, retry: false },
  // Providers
  provider_rejected: { status: 502, retry: false },
  provider_unavailable: { status: 503, retry: true },
  provider_throttled: { status: 503, retry: true },
  provider_pair_throttled: { status: 503, retry: true },
  provider_credentials_invalid: { status: 502, retry: false },
  provider_outcome_unknown: { status: 502, retry: false },
  channel_not_connected: { status: 409, retry: false },
  // Flows
  flow_invalid: { status: 422, retry: false },
  flow_not_published: { status: 409, retry: false },
  flow_error: { status: 500, retry: false },
  flow_budget_exceeded: { status: 500, retry: false },
  run_not_open: { status: 409, retry: false },
  // Outbound HTTP
  address_blocked: { status: 422, retry: false },
  response_too_large: { status: 502, retry: false },
  // Crypto
  key_missing: { status: 500, retry: true },
  key_shredded: { status: 410, retry: false },
  ciphertext_invalid: { status: 500, retry: false },
} as const satisfies Record<string, { status: number; retry: boolean }>

export type ErrorCode = keyof typeof ERRORS

/** One rule broken by one field: `path` is a JSON pointer into the input, `code` a translation key, `params` its values. */
export type FieldError = { path: string; code: string; message: string; params?: Record<string, string | number> }

/** A failure the house knows by name. Its message is for engineers; people read the translation of its code. */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly errors: readonly FieldError[]
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    extra: { errors?: FieldError[]; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.name = 'DomainError'
    this.code = code
    this.errors = extra.errors ?? []
    this.retryAfterMs = extra.retryAfterMs
  }
}

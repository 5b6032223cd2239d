import type { ErrorCode } from '#domain/errors.ts'
import type { FailureClass, FailureScope, SendFailure, SendOutcome } from '../message-sender.ts'
import type { ProviderError } from './content.ts'
import { WireErrorAnswer, WireSendAnswer } from './wire.ts'

export type FailureRule = {
  class: FailureClass
  errorCode: ErrorCode
  scope: FailureScope
  retryAfterMs?: number
  attemptsMax?: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const rule = (
  failureClass: FailureClass,
  errorCode: ErrorCode,
  scope: FailureScope = 'message',
  extra: Partial<FailureRule> = {},
): FailureRule => ({ class: failureClass, errorCode, scope, ...extra })

const REFUSED = rule('no', 'provider_rejected')
const TEMPLATE_REFUSED = rule('no', 'provider_rejected', 'template')
const MISCONFIGURED = rule('fix', 'provider_rejected', 'account')
const NUMBER_UNUSABLE = rule('fix', 'channel_not_connected', 'number')
const BUSY = rule('backoff', 'provider_unavailable')
const CREDENTIALS = rule('fix', 'provider_credentials_invalid', 'account')

/** Meta's codes as the error tables and long practice describe them. Branch on the code, never on title or status. */
export const FAILURE_RULES: Readonly<Record<number, FailureRule>> = {
  0: CREDENTIALS,
  1: rule('backoff', 'provider_unavailable', 'message', { attemptsMax: 3 }),
  2: BUSY,
  3: MISCONFIGURED,
  4: rule('slow', 'provider_throttled', 'account'),
  10: CREDENTIALS,
  33: REFUSED,
  100: REFUSED,
  190: CREDENTIALS,
  368: rule('stop', 'provider_rejected', 'account'),
  613: rule('slow', 'provider_throttled', 'account'),
  80007: rule('slow', 'provider_throttled', 'account'),
  80008: rule('slow', 'provider_throttled', 'account'),
  130429: rule('slow', 'provider_throttled', 'number'),
  130472: rule('no', 'provider_rejected', 'contact'),
  130497: rule('no', 'provider_rejected', 'contact'),
  131000: BUSY,
  131005: CREDENTIALS,
  131008: REFUSED,
  131009: REFUSED,
  131014: REFUSED,
  131016: BUSY,
  131021: rule('no', 'provider_rejected', 'contact'),
  131026: rule('no', 'provider_rejected', 'contact'),
  131030: rule('no', 'provider_rejected', 'contact'),
  131031: rule('fix', 'channel_not_connected', 'account'),
  131037: NUMBER_UNUSABLE,
  131042: rule('fix', 'provider_rejected', 'account'),
  131045: NUMBER_UNUSABLE,
  131047: rule('no', 'service_window_closed', 'contact'),
  131048: rule('stop', 'provider_throttled', 'number', { retryAfterMs: 6 * HOUR_MS }),
  131049: rule('no', 'provider_rejected', 'contact', { retryAfterMs: 24 * HOUR_MS }),
  131050: rule('no', 'recipient_opted_out', 'contact'),
  131051: REFUSED,
  131052: REFUSED,
  131053: rule('backoff', 'provider_rejected', 'message', { attemptsMax: 2 }),
  131055: MISCONFIGURED,
  131056: rule('pair', 'provider_pair_throttled', 'contact'),
  131057: rule('backoff', 'provider_unavailable', 'number', { retryAfterMs: MINUTE_MS }),
  131062: rule('no', 'provider_rejected', 'contact'),
  131063: MISCONFIGURED,
  131064: rule('stop', 'provider_throttled', 'account', { retryAfterMs: HOUR_MS }),
  132000: TEMPLATE_REFUSED,
  132001: rule('no', 'template_not_approved', 'template'),
  132005: REFUSED,
  132007: TEMPLATE_REFUSED,
  132008: REFUSED,
  132012: TEMPLATE_REFUSED,
  132015: rule('stop', 'template_not_approved', 'template'),
  132016: rule('stop', 'template_not_approved', 'template'),
  132018: REFUSED,
  132068: rule('fix', 'provider_rejected', 'template'),
  132069: rule('fix', 'provider_rejected', 'template', { retryAfterMs: HOUR_MS }),
  133000: NUMBER_UNUSABLE,
  133004: BUSY,
  133005: NUMBER_UNUSABLE,
  133006: NUMBER_UNUSABLE,
  133008: rule('fix', 'provider_throttled', 'number', { retryAfterMs: HOUR_MS }),
  133009: rule('fix', 'provider_throttled', 'number', { retryAfterMs: MINUTE_MS }),
  133010: NUMBER_UNUSABLE,
  133015: rule('backoff', 'provider_unavailable', 'number', { retryAfterMs: 5 * MINUTE_MS }),
  133016: rule('fix', 'provider_throttled', 'number', { retryAfterMs: 72 * HOUR_MS }),
  134011: MISCONFIGURED,
  134100: MISCONFIGURED,
  134101: rule('fix', 'provider_rejected', 'template', { retryAfterMs: 10 * MINUTE_MS }),
  134102: MISCONFIGURED,
  135000: REFUSED,
  136024: NUMBER_UNUSABLE,
  136025: NUMBER_UNUSABLE,
  137000: rule('fix', 'provider_rejected', 'contact'),
  2593107: REFUSED,
  2593108: REFUSED,
}

/** The rule for a code, also for one that no table lists: a refusal is then final for this message alone. */
export function failureRule(code: number): FailureRule {
  if (Object.hasOwn(FAILURE_RULES, code)) return FAILURE_RULES[code]!
  return code >= 200 && code <= 299 ? CREDENTIALS : REFUSED
}

/**
 * What a failed status means for a message that had been accepted. It is not sent again by itself: the provider had it, and
 * may deliver it yet. Without a code nothing is known.
 */
export function asyncFailure(errors: readonly ProviderError[]): SendFailure {
  const [error] = errors
  const found = error?.code === undefined ? REFUSED : failureRule(error.code)
  return toFailure(found, { ...error, providerCode: error?.code })
}

/** What the transport saw. `started` says whether any byte of the request may have left on a connection. */
export type SendResult =
  | { kind: 'answer'; httpStatus: number; body: string; retryAfterMs?: number }
  | { kind: 'broken'; started: boolean; reason: string }

/**
 * Tells whether the message exists at the provider. Known not to: nothing left us, or an answer that carries a code,
 * or 429, or a plain 4xx. Accepted: an id. All else is unknown and must not be sent again blindly, because there is
 * no idempotency key on the other side.
 */
export function classifySendResult(result: SendResult): SendOutcome {
  if (result.kind === 'broken') {
    if (result.started) return { kind: 'unknown', reason: result.reason }
    return { kind: 'not_sent', failure: { ...toFailure(BUSY, { details: result.reason }), scope: 'account' } }
  }
  const { httpStatus, body, retryAfterMs } = result
  const parsed = parseJson(body)
  const failure = readFailure(parsed, httpStatus)
  if (failure !== undefined) {
    return { kind: 'rejected', failure: retryAfterMs === undefined ? failure : { ...failure, retryAfterMs } }
  }
  if (httpStatus >= 200 && httpStatus < 300) return readAcceptance(parsed)
  if (httpStatus === 429) {
    const throttled = toFailure(rule('slow', 'provider_throttled', 'number'), { httpStatus })
    return { kind: 'not_sent', failure: retryAfterMs === undefined ? throttled : { ...throttled, retryAfterMs } }
  }
  // A redirect is not followed, so nothing was sent; 408 is a proxy that lost patience with a request it had begun.
  if (httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408) {
    return { kind: 'rejected', failure: toFailure(MISCONFIGURED, { httpStatus, details: body.slice(0, 200) }) }
  }
  return { kind: 'unknown', reason: `http_${httpStatus}_without_code` }
}

/** The failure that an error answer of any Graph call describes; undefined when the answer is none. */
export function readFailure(parsed: unknown, httpStatus: number): SendFailure | undefined {
  const { data } = WireErrorAnswer.safeParse(parsed)
  if (data === undefined) return undefined
  const { code, message, error_subcode, error_data, error_user_msg, error_user_title, fbtrace_id } = data.error
  const details = typeof error_data === 'string' ? error_data : error_data?.details
  // Code 100 with subcode 33: the number itself is gone or not ours.
  const found = code === 100 && error_subcode === 33 ? NUMBER_UNUSABLE : failureRule(code)
  return toFailure(found, {
    providerCode: code,
    title: error_user_title ?? message,
    details: details ?? error_user_msg,
    httpStatus,
    traceId: fbtrace_id,
  })
}

function readAcceptance(parsed: unknown): SendOutcome {
  const { data } = WireSendAnswer.safeParse(parsed)
  if (data === undefined) return { kind: 'unknown', reason: 'answer_without_message_id' }
  const [message] = data.messages
  const contact = data.contacts?.[0]
  return {
    kind: 'accepted',
    externalId: message!.id,
    ...(message?.message_status === undefined ? {} : { messageStatus: message.message_status }),
    ...(contact?.wa_id === undefined ? {} : { waId: contact.wa_id }),
    ...(contact?.user_id === undefined ? {} : { userId: contact.user_id }),
  }
}

type Told = Partial<Pick<SendFailure, 'providerCode' | 'title' | 'details' | 'httpStatus' | 'traceId'>>

function toFailure(found: FailureRule, { providerCode, title, details, httpStatus, traceId }: Told): SendFailure {
  const { class: failureClass, scope, errorCode, retryAfterMs, attemptsMax } = found
  const told = { providerCode, title, details, httpStatus, traceId, retryAfterMs, attemptsMax }
  const known = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined))
  return { class: failureClass, scope, errorCode, ...known }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

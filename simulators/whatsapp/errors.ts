import type { JsonObject } from './json.ts'

type ErrorRow = { title: string; status: number; async?: true }

/** Code, title, HTTP status; `async` marks those that come as a failed status after a 200. */
export const ERROR_CODES: Readonly<Record<number, ErrorRow>> = {
  0: { title: 'AuthException', status: 401 },
  1: { title: 'API Unknown', status: 400 },
  2: { title: 'API Service', status: 503 },
  3: { title: 'API Method', status: 500 },
  4: { title: 'API Too Many Calls', status: 400 },
  10: { title: 'Permission Denied', status: 403 },
  33: { title: 'Parameter value is not valid', status: 400 },
  100: { title: 'Invalid parameter', status: 400 },
  190: { title: 'Access token has expired', status: 401 },
  200: { title: 'API Permission', status: 403 },
  368: { title: 'Temporarily blocked for policies violations', status: 403 },
  613: { title: 'Calls to this api have exceeded the rate limit.', status: 400 },
  80007: { title: 'Rate limit issues', status: 400 },
  130429: { title: 'Rate limit hit', status: 400 },
  130472: { title: "User's number is part of an experiment", status: 400, async: true },
  130497: { title: 'Business account is restricted from messaging users in this country.', status: 403 },
  131000: { title: 'Something went wrong', status: 500 },
  131005: { title: 'Access denied', status: 403 },
  131008: { title: 'Required parameter is missing', status: 400 },
  131009: { title: 'Parameter value is not valid', status: 400 },
  131016: { title: 'Service unavailable', status: 500 },
  131021: { title: 'Recipient cannot be sender', status: 400 },
  131026: { title: 'Message undeliverable', status: 400, async: true },
  131030: { title: 'Recipient phone number not in allowed list', status: 400 },
  131031: { title: 'Business Account locked', status: 403 },
  131037: { title: 'WhatsApp provided number needs display name approval before message can be sent.', status: 400 },
  131042: { title: 'Business eligibility payment issue', status: 400, async: true },
  131045: { title: 'Incorrect certificate', status: 500 },
  131047: { title: 'Re-engagement message', status: 400, async: true },
  131048: { title: 'Spam rate limit hit', status: 400, async: true },
  131049: {
    title: 'This message was not delivered to maintain healthy ecosystem engagement.',
    status: 400,
    async: true,
  },
  131050: { title: 'User has stopped marketing messages from this business', status: 400, async: true },
  131051: { title: 'Message type unknown', status: 400 },
  131052: { title: 'Media download error', status: 400, async: true },
  131053: { title: 'Media upload error', status: 400, async: true },
  131055: { title: 'Method not allowed', status: 400 },
  131056: { title: '(Business Account, Consumer Account) pair rate limit hit', status: 400 },
  131057: { title: 'Account in maintenance mode', status: 500 },
  131062: { title: 'Business-scoped user ID recipients are not supported for this message', status: 400 },
  131063: { title: 'Marketing messages are disabled on this API', status: 400 },
  131064: { title: 'Messaging limit reached', status: 400, async: true },
  132000: { title: 'Number of parameters does not match the expected number of params', status: 400 },
  132001: { title: 'Template name does not exist in the translation', status: 404 },
  132005: { title: 'Translated text too long', status: 400 },
  132007: { title: 'Template format character policy violated', status: 400 },
  132008: { title: 'Parameter value is not valid', status: 400 },
  132012: { title: 'Parameter format does not match format in the created template', status: 400 },
  132015: { title: 'Template is paused', status: 400 },
  132016: { title: 'Template is disabled', status: 400 },
  132018: { title: 'There was an issue with the parameters in your template', status: 400 },
  132068: { title: 'Flow is blocked', status: 400 },
  132069: { title: 'Flow is throttled', status: 400 },
  133000: { title: 'Incomplete deregistration', status: 500 },
  133004: { title: 'Server temporarily unavailable', status: 503 },
  133005: { title: 'Two step verification PIN mismatch', status: 400 },
  133010: { title: 'Account not registered', status: 400 },
  133015: { title: 'Please wait a few minutes before attempting to register this phone number', status: 400 },
  133016: { title: 'Account register deregister rate limit exceeded', status: 400 },
  134100: { title: 'Only marketing messages supported', status: 400 },
  135000: { title: 'Generic user error', status: 400 },
  136024: { title: 'Request code error', status: 400 },
  136025: { title: 'Verify code error', status: 400 },
  137000: { title: 'Identity key hash mismatch', status: 400 },
}

export class GraphError extends Error {
  readonly status: number
  readonly error: JsonObject

  constructor(status: number, error: JsonObject & { message: string }) {
    super(error.message)
    this.status = status
    this.error = error
  }
}

/** An error of the messaging product: `(#code) title`, with the sentence that people branch on in `details`. */
export function apiError(code: number, details?: string, extra: JsonObject = {}): GraphError {
  const row = ERROR_CODES[code] ?? { title: 'Unknown error', status: 400 }
  return new GraphError(row.status, {
    message: `(#${code}) ${row.title}`,
    type: 'OAuthException',
    code,
    ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
    ...extra,
  })
}

export function unknownObject(id: string, method: string): GraphError {
  const verb = method.toLowerCase()
  return new GraphError(400, {
    message:
      `Unsupported ${verb} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, ` +
      'or does not support this operation. Please read the Graph API documentation at ' +
      'https://developers.facebook.com/docs/graph-api',
    type: 'GraphMethodException',
    code: 100,
    error_subcode: 33,
  })
}

export const noSuchField = (field: string, node: string): GraphError =>
  new GraphError(400, {
    message: `(#100) Tried accessing nonexisting field (${field}) on node type (${node})`,
    type: 'OAuthException',
    code: 100,
  })

/** Validation with a subcode and words for people, as the template endpoints answer. */
export const userError = (subcode: number, title: string, message: string): GraphError =>
  new GraphError(400, {
    message: 'Invalid parameter',
    type: 'OAuthException',
    code: 100,
    error_subcode: subcode,
    is_transient: false,
    error_user_title: title,
    error_user_msg: message,
  })

export const badToken = (): GraphError =>
  new GraphError(401, {
    message: 'Invalid OAuth access token - Cannot parse access token',
    type: 'OAuthException',
    code: 190,
    error_subcode: 467,
  })

/** A call that is signed (`appsecret_proof`), and not by the app of its token. */
export const badProof = (): GraphError =>
  new GraphError(400, {
    message: 'Invalid appsecret_proof provided in the API argument',
    type: 'GraphMethodException',
    code: 100,
  })

/** The shape in which an error travels inside a failed status. */
export function statusError(code: number, details?: string): JsonObject {
  const title = ERROR_CODES[code]?.title ?? 'Unknown error'
  return {
    code,
    title,
    message: title,
    error_data: { details: details ?? ASYNC_DETAILS[code] ?? title },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  }
}

const ASYNC_DETAILS: Readonly<Record<number, string>> = {
  131026: 'Message Undeliverable.',
  131047:
    'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  131049: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
  131050: 'The recipient has chosen to stop receiving marketing messages from this business.',
  131053: 'Media file could not be fetched or is not supported.',
}

import type { ErrorCode } from '../errors.ts'
import type { ProblemEntry } from './entry.ts'

const SIGN_IN = ['Sign-in', 'Second factor']

/** Problems of how one asks: input, who asks, how often; and of the house itself. */
export const ACCESS_PROBLEMS = {
  invalid_input: {
    means: 'The input is not what this operation takes.',
    when: 'A field is missing, has another type or length, names something that is not there, or is not a field at all.',
    wayOut: 'Read `errors`: each names a field by JSON pointer, the rule that it breaks and the figures of that rule.',
    detail: 'The json is not valid.',
    errors: [
      {
        path: '/phone',
        code: 'invalid_format',
        message: 'Invalid string: must match pattern',
        params: { format: 'regex' },
      },
      { path: '/nickname', code: 'unknown_field', message: 'Unknown field.' },
    ],
  },
  unauthenticated: {
    means: 'Nobody is signed in.',
    when: 'There is no `Authorization` header and no session, or the session is over.',
    wayOut: 'Send `Authorization: Bearer hf_…` with an API key; in a browser, sign in again.',
    detail: 'Nobody is signed in.',
  },
  second_factor_required: {
    means: 'The password was right; a second factor is asked for now.',
    when: 'A person who has a second factor signs in.',
    wayOut: 'Answer with a code, a passkey or a recovery code at `POST /auth/second-factor`.',
    detail: 'A second factor is needed.',
    parts: SIGN_IN,
  },
  second_factor_missing: {
    means:
      'The workspace, or the administration of the platform, asks for a second factor that this person has not set up.',
    when: 'The rule was switched on after this person had signed up.',
    wayOut: 'Set up an authenticator app or a passkey, then repeat the request.',
    detail: 'This tenant asks for a second factor; set one up first.',
  },
  tenant_suspended: {
    means: 'The workspace is suspended.',
    when: 'Whoever runs the installation has suspended it. What arrives meanwhile is kept.',
    wayOut: 'The owner of the workspace asks whoever runs the installation.',
    detail: 'This tenant is suspended.',
  },
  confirmation_required: {
    means: 'This changes something sensitive, and the last proof of who asks is older than ten minutes.',
    when: 'Making API keys, changing the password or the second factors, and the like.',
    wayOut: 'Prove it again at `POST /auth/confirm` with the password or a second factor, then repeat the request.',
    detail: 'Show once more that it is you.',
  },
  api_key_invalid: {
    means: 'This API key opens nothing.',
    when: 'It is unknown, was revoked or has expired, or the header is not `Bearer` and a key; `detail` says which.',
    wayOut: 'Make a new key under Settings → API keys and send it in `Authorization: Bearer hf_…`.',
    detail: 'This API key was revoked.',
  },
  forbidden: {
    means: 'Whoever asks may not do this.',
    when:
      'The role or the key lacks the permission that `detail` names, or a write with a cookie does not say that it comes ' +
      'from a page of this product.',
    wayOut: 'Have the permission added to the role, or make a key that has it.',
    detail: 'This needs the permission contacts.write.',
  },
  person_required: {
    means: 'Only a person who is signed in can do this.',
    when: 'An API key asks for what is about the one who asks: notifications, sessions, API keys.',
    wayOut: 'Do it in the app.',
    detail: 'An API key cannot do this: it takes a person who is signed in.',
  },
  address_not_allowed: {
    means: 'The API key is bound to other addresses.',
    when: 'The request comes from the address that `detail` names, which is in none of the ranges of the key.',
    wayOut: 'Ask from one of its addresses, or make a key for this one.',
    detail: 'This API key may not be used from 203.0.113.7.',
  },
  not_found: {
    means: 'There is nothing here, or nothing that you may see: both answer the same.',
    when: 'The id is unknown, was deleted or belongs to another workspace; or the address is none of the API.',
    wayOut: 'Check the id and the address. Ids come from lists and from webhooks.',
    detail: 'There is no such contact.',
  },
  method_not_allowed: {
    means: 'The address is right and the method is not.',
    when: 'For instance a PUT where there is only PATCH.',
    wayOut: 'Use one of the methods of the header `Allow`.',
    detail: 'PUT is not for this address; GET, HEAD, PATCH may be.',
  },
  conflict: {
    means: 'It is not in a state for this, or there is one like it already.',
    when: 'Somebody changed it since you read it (`version`), or its name or number is taken.',
    wayOut: 'Read it again and decide anew.',
    detail: 'Somebody changed this meanwhile; read it again.',
  },
  payload_too_large: {
    means: 'The body is too large.',
    when: 'A body has more than 256 KiB, a file more than 100 MB, or the JSON is nested too deeply.',
    wayOut: 'Send less at once.',
    detail: 'A body of this route has at most 262144 bytes.',
  },
  unsupported_media_type: {
    means: 'The body is of a type that this operation does not read.',
    when: '`Content-Type` is missing or is not `application/json` (`multipart/form-data` for files).',
    wayOut: 'Send the header, and a body of that type.',
    detail: 'Unsupported Media Type',
  },
  too_many_requests: {
    means: 'Too many tries, or too many open streams.',
    when: 'Signing in, signing up and asking for a new password are bounded for each address and each account.',
    wayOut: 'Wait as long as `Retry-After` says.',
    detail: 'Too many tries; wait a while.',
    retryAfterSeconds: 900,
    parts: [...SIGN_IN, 'Events', 'Members'],
  },
  rate_limited: {
    means: 'Too many requests in a minute.',
    when: 'The allowance of the key, the workspace, the person or the address is used up; `detail` says which.',
    wayOut:
      'Wait as long as `Retry-After` says; the request was not carried out. `RateLimit` tells beforehand what is left.',
    detail: 'At most 300 requests a minute for each key; wait a moment.',
    retryAfterSeconds: 1,
  },
  quota_exceeded: {
    means: 'The plan has no room for more.',
    when: 'As many of these as the plan includes are there, or were used in this month.',
    wayOut:
      '`errors` tell the quota, its limit and what is used. Remove some, wait for the next month, or change the plan.',
    detail: 'The plan allows 1000 contacts, and 1000 are in use.',
    errors: [
      {
        path: '',
        code: 'quota_exceeded',
        message: 'Beyond the plan.',
        params: { quota: 'contacts', limit: 1_000, used: 1_000 },
      },
    ],
  },
  idempotency_key_reused: {
    means: 'This Idempotency-Key belongs to another request.',
    when: 'Address or body differ from those of the first request under this key. Keys are remembered for a day.',
    wayOut: 'Use a new key for a new request, and the same body when you repeat one.',
    detail: 'This Idempotency-Key belongs to another request.',
  },
  idempotency_in_progress: {
    means: 'The same request is being worked on.',
    when: 'It was repeated before the first one had an answer.',
    wayOut: 'Repeat it after `Retry-After`; then it answers what the first one answered.',
    detail: 'The same request is being worked on.',
    retryAfterSeconds: 1,
  },
  cursor_invalid: {
    means: 'The cursor is not one of this list.',
    when: 'It was changed, or is used with other filters, on another list or in another workspace.',
    wayOut: 'Begin again without a cursor, and give back `nextCursor` as it came, with the same filters.',
    detail: 'Not a cursor of /api/v1/contacts?.',
  },
  internal_error: {
    means: 'Something went wrong on our side.',
    when: 'A fault of ours. It is written down under the `requestId`.',
    wayOut: 'Try again, under the same Idempotency-Key. If it stays, tell us the `requestId`.',
    detail: 'Something went wrong on our side.',
  },
  unavailable: {
    means: 'Something that this needs does not answer at the moment.',
    when: 'The database restarts or is overloaded, or the engine is away.',
    wayOut:
      'Ask again after `Retry-After`; a POST under the same Idempotency-Key, as nobody knows whether it was done.',
    detail: 'This does not work right now; try again.',
    retryAfterSeconds: 1,
  },
  signature_invalid: {
    means: 'The signature does not fit the body.',
    when: 'A provider posts to our webhook, and the app secret of the number is not the one that signed.',
    wayOut: 'Correct the app secret under Settings → Numbers.',
    detail: 'The signature does not fit the body.',
    parts: [],
  },
  channel_mismatch: {
    means: 'The body speaks of a number that is not connected to this address.',
    when: 'A provider posts to our webhook for another number than the one the address is for.',
    wayOut: 'Connect the number, or point its webhook to its own address.',
    detail: 'The body speaks of a number that is not connected to this address.',
    parts: [],
  },
} as const satisfies Partial<Record<ErrorCode, ProblemEntry>>

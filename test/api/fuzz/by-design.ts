export type Finding = {
  operation: string
  check: string
  title: string
  message: string
  request: string
  status: number
  answer: string
}

/** Codes of the problem, or of the fields that it names, and at which operations they are right. */
type Design = { why: string; at: RegExp; codes: readonly string[]; check?: string; request?: RegExp }

const REFUSED = 'positive_data_acceptance'
const UNSERVED = 'not_a_server_error'

/** What a schema cannot say, and so is told by the problem's own codes. Everything else that is found is a fault. */
export const BY_DESIGN: readonly Design[] = [
  {
    why: 'A cursor is signed for one list, its filters and one workspace; no schema tells a right one.',
    at: /^GET /,
    codes: ['cursor_invalid'],
  },
  {
    why: 'A password is judged by lists of stolen ones and by whose it is; the present one is right or wrong.',
    at: /\/auth\/(sign-up|password\/(reset|change))$|\/invitations\/accept$/,
    codes: ['password_common', 'password_personal', 'wrong_password'],
  },
  {
    why: 'The token of a mail and the answer of an authenticator are right or wrong, and nothing more is told of it.',
    at: /\/auth\/(password\/reset|second-factors\/passkeys)$|\/invitations\/(open|accept)$/,
    codes: ['invalid_input'],
  },
  {
    why: 'The code of an authenticator app changes every half minute.',
    at: /\/auth\/second-factors\/totp\/confirm$/,
    codes: ['wrong_code'],
  },
  {
    why: 'Which time zones there are is known to the tz database, and changes with it.',
    at: /\/(calendars|tenant|tenants|sign-up|settings)(\/\{id\})?$/,
    codes: ['unknown_time_zone'],
  },
  {
    why: 'What expires or is put off lies in the future, and a schema has no clock.',
    at: /\/(api-keys|snooze)$/,
    codes: ['in_the_past'],
  },
  {
    why: 'Which fields of its own a workspace has, and which of them must be there, is not in the contract of all.',
    at: /\/contacts(\/\{id\})?$/,
    codes: ['unknown_field', 'required'],
  },
  {
    why: 'What proves a consent is limited as a whole, and a schema counts only its parts.',
    at: /^PUT .*\/consents\/\{category\}$/,
    codes: ['too_big'],
  },
  {
    why: 'A choice has options and other fields have none; the attributes of every contact are no names for more.',
    at: /^POST \/api\/v1\/custom-fields$/,
    codes: ['options_missing', 'taken'],
  },
  {
    why: 'Where a webhook goes is judged by what an address means: its host, its port, its characters.',
    at: /\/webhook-subscriptions(\/\{id\})?$/,
    codes: ['address_blocked'],
  },
  {
    why: 'A number may speak to addresses of the Graph API only.',
    at: /^POST \/api\/v1\/channels$/,
    codes: ['address_blocked'],
  },
  {
    why: 'A certificate and its key belong together.',
    at: /\/webhook-subscriptions(\/\{id\})?$/,
    codes: ['key_mismatch'],
  },
  {
    why: 'The text of an edited delivery is JSON.',
    at: /\/deliveries\/\{deliveryId\}\/resend$/,
    codes: ['not_json'],
  },
  {
    why: 'A condition is judged by its operators, and a flow by what it does.',
    at: /\/(webhook-subscriptions|flows)(\/\{id\}(\/publish|\/validate)?)?$/,
    codes: ['flow_invalid', 'unknown_operator', 'operands', 'unsafe_path', 'too_deep', 'too_large'],
  },
  {
    why: 'Who becomes an administrator has an account here.',
    at: /^POST \/api\/v1\/platform\/administrators$/,
    codes: ['no_account'],
  },
  {
    why: 'Which plans there are, and which of them are retired, is said by administrators.',
    at: /^(POST|PATCH) \/api\/v1\/platform\/tenants(\/\{id\})?$/,
    codes: ['invalid_value'],
  },
  {
    why: 'Own words are judged by whether they can be said, and a mail by whether its link is in it.',
    at: /^PUT .*\/(translations|texts)\/\{locale\}$/,
    codes: ['unsayable', 'link_lost'],
  },
  {
    why: 'Whoever follows a link of an answer that is null asks for "None".',
    at: /\{\w+\}/,
    request: /\/None\b/,
    codes: ['invalid_format'],
  },
  {
    why: 'The provider of the fuzzed house knows nobody: 502 says so, as it is documented to.',
    at: /^(POST|PATCH) \/api\/v1\/channels(\/\{id\})?$/,
    check: UNSERVED,
    codes: ['provider_credentials_invalid'],
  },
]

export function codesOf(answer: string): { code: string; fields: string[] } {
  try {
    const { code = '', errors = [] } = JSON.parse(answer) as { code?: string; errors?: { code: string }[] }
    return { code, fields: errors.map((error) => error.code) }
  } catch {
    return { code: '', fields: [] }
  }
}

/** By its own code, or by that of each field that it names. */
export function isByDesign({ operation, check, request, answer }: Finding): boolean {
  const { code, fields } = codesOf(answer)
  const designs = BY_DESIGN.filter(
    (one) => (one.check ?? REFUSED) === check && one.at.test(operation) && (one.request?.test(request) ?? true),
  )
  const isKnown = (word: string) => designs.some(({ codes }) => codes.includes(word))
  return code === 'invalid_input' && fields.length > 0 ? fields.every(isKnown) : isKnown(code)
}

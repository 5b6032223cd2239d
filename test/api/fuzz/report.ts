import { readFileSync } from 'node:fs'

/** What schemathesis writes down line by line, as far as it is read here. */
type Check = { name: string; status: string; failure_info?: { failure: { title: string; message: string } } }
type Bytes = { $base64: string }
type Interaction = {
  request: { method: string; uri: string; body?: Bytes | null }
  response?: { status_code: number; content?: Bytes | null } | null
}
type Scenario = {
  recorder: { label: string; checks?: Record<string, Check[]>; interactions: Record<string, Interaction> }
}
type Line = { ScenarioFinished?: Scenario; NonFatalError?: Record<string, unknown> }

export type Finding = {
  operation: string
  check: string
  title: string
  message: string
  request: string
  status: number
  answer: string
}

type Design = { check: string; why: string; codes: readonly string[]; asked?: RegExp }

/** What a schema cannot say, and so is told by the problem's own codes. Everything else that is found is a fault. */
export const BY_DESIGN: readonly Design[] = [
  {
    check: 'positive_data_acceptance',
    why: 'A cursor is signed for one list, its filters and one workspace; no schema tells a right one.',
    codes: ['cursor_invalid'],
  },
  {
    check: 'positive_data_acceptance',
    why: 'An Idempotency-Key is refused when it comes back with another request.',
    codes: ['idempotency_key_reused', 'idempotency_in_progress'],
  },
  {
    check: 'positive_data_acceptance',
    why: 'Passwords, codes and tokens are judged by what they are, not by their form.',
    codes: ['password_common', 'password_personal', 'wrong_code', 'wrong_password', 'one_proof', 'no_account'],
  },
  {
    check: 'positive_data_acceptance',
    why: 'Rules between fields, or between a field and the world: time zones, the clock, fields of the workspace, addresses.',
    codes: [
      ...[
        'unknown_time_zone',
        'in_the_past',
        'options_missing',
        'required',
        'taken',
        'repeated',
        'reserved',
        'not_json',
      ],
      ...['address_blocked', 'address_characters', 'address_private', 'address_scheme', 'address_port', 'key_mismatch'],
    ],
  },
  {
    check: 'positive_data_acceptance',
    why: 'Which fields of its own a workspace has is not in the contract of all.',
    codes: ['unknown_field', 'required'],
    asked: /\/contacts/,
  },
  {
    check: 'positive_data_acceptance',
    why: 'The token of a mail and the answer of an authenticator are right or wrong, and nothing more is told of it.',
    codes: ['invalid_input'],
    asked: /\/auth\/(password\/reset|passkey|second-factors?)|\/invitations\/(open|accept)/,
  },
  {
    check: 'positive_data_acceptance',
    why: 'Whoever follows a link of an answer that is null asks for "None".',
    codes: ['invalid_format'],
    asked: /\/None\b/,
  },
  {
    check: 'positive_data_acceptance',
    why: 'A flow is judged by what it does, and a condition by its operators.',
    codes: ['flow_invalid', 'unknown_operator', 'operands', 'unsafe_path', 'too_deep', 'too_large'],
  },
  {
    check: 'not_a_server_error',
    why: 'The provider of the fuzzed house is nobody: 502 and 503 say so, as they are documented to.',
    codes: ['provider_unavailable', 'provider_credentials_invalid', 'provider_rejected'],
  },
]

const textOf = (bytes: Bytes | null | undefined) =>
  bytes === null || bytes === undefined ? '' : Buffer.from(bytes.$base64, 'base64').toString('utf8')

function codesOf(answer: string): { code: string; fields: string[] } {
  try {
    const { code = '', errors = [] } = JSON.parse(answer) as { code?: string; errors?: { code: string }[] }
    return { code, fields: errors.map((error) => error.code) }
  } catch {
    return { code: '', fields: [] }
  }
}

/** By its own code, or by that of each field that it names. */
function isByDesign({ check, request, answer }: Finding): boolean {
  const { code, fields } = codesOf(answer)
  const designs = BY_DESIGN.filter((one) => one.check === check && (one.asked?.test(request) ?? true))
  const isKnown = (word: string) => designs.some(({ codes }) => codes.includes(word))
  return (
    (fields.length > 0 && fields.every(isKnown)) || (isKnown(code) && (fields.length === 0 || code !== 'invalid_input'))
  )
}

function findingsOf({ recorder }: Scenario): Finding[] {
  return Object.entries(recorder.checks ?? {}).flatMap(([id, checks]) =>
    checks
      .filter(({ status }) => status === 'failure')
      .map(({ name, failure_info }): Finding => {
        const { request, response } = recorder.interactions[id]!
        return {
          operation: recorder.label,
          check: name,
          title: failure_info?.failure.title ?? '',
          message: failure_info?.failure.message ?? '',
          request: `${request.method} ${request.uri} ${textOf(request.body)}`,
          status: response?.status_code ?? 0,
          answer: textOf(response?.content),
        }
      }),
  )
}

/** What was found, one of a kind: those that are by design, and those that are faults. */
export function readReport(file: string): { byDesign: Finding[]; faults: Finding[]; errors: unknown[] } {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const events = lines.map((line) => JSON.parse(line) as Line)
  const all = events.flatMap(({ ScenarioFinished }) => (ScenarioFinished ? findingsOf(ScenarioFinished) : []))
  const kindOf = (finding: Finding) =>
    [finding.operation, finding.check, finding.title, finding.status, JSON.stringify(codesOf(finding.answer))].join(' ')
  const kinds = [...Map.groupBy(all, kindOf).values()].map(([first]) => first!)
  return {
    byDesign: kinds.filter(isByDesign),
    faults: kinds.filter((finding) => !isByDesign(finding)),
    errors: events.flatMap(({ NonFatalError }) => NonFatalError ?? []),
  }
}

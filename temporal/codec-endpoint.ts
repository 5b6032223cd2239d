import type { Payload } from '@temporalio/common'
import { DomainError, ERRORS, type ErrorCode } from '#domain/errors.ts'
import { problemPath, titleOf } from '#domain/problems/catalogue.ts'
import { type CodecKeys, openPayload, readSealed, SEALED_ENCODING } from './codec.ts'
import type { PayloadScope } from './workflow-scope.ts'

const BODY_MAX_BYTES = 4_194_304
const PAYLOADS_MAX = 1_000
const ERASED: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('"[erased: the key of this contact was destroyed]"'),
}

/** The signed-in person behind a request, and whose payloads they may read. `platform` is a tenant of its own here. */
export type CodecViewer = { principalId: string; mayDecode: (tenantId: string) => boolean }

export type CodecAccess = {
  principalId: string | undefined
  outcome: 'decoded' | 'refused'
  code: ErrorCode | undefined
  tenantIds: string[]
  workflowIds: string[]
  payloadCount: number
}

export type CodecEndpointDeps = CodecKeys & {
  namespace: string
  /** The origin of the Temporal UI, the only page that may ask. */
  uiOrigin: string
  /** Written before anything is handed out; when it cannot be written, nothing is. */
  audit: (access: CodecAccess) => Promise<void>
}

type WirePayload = { metadata?: Record<string, string> | null; data?: string | null }

/**
 * Opens payloads for the Temporal UI. It never seals: whoever could seal through a web page could forge signals.
 * Answers every refusal itself, so that it can be mounted under any router after sign-in has been looked at.
 */
export function createCodecEndpoint(
  deps: CodecEndpointDeps,
): (request: Request, viewer: CodecViewer | undefined) => Promise<Response> {
  return async (request, viewer) => {
    const seen: PayloadScope[] = []
    let payloadCount = 0
    const note = (outcome: CodecAccess['outcome'], code?: ErrorCode) =>
      deps.audit({
        principalId: viewer?.principalId,
        outcome,
        code,
        tenantIds: [...new Set(seen.map((scope) => scope.tenantId))],
        workflowIds: [...new Set(seen.map((scope) => scope.workflowId))],
        payloadCount,
      })
    try {
      if (request.headers.get('origin') !== deps.uiOrigin) {
        throw new DomainError('forbidden', 'Only the Temporal UI may ask here.')
      }
      if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors(deps.uiOrigin, true) })
      if (request.method !== 'POST') throw new DomainError('method_not_allowed', 'Payloads are decoded by POST.')
      if (viewer === undefined) throw new DomainError('unauthenticated', 'Sign in to read payloads.')
      const payloads = await readPayloads(request)
      payloadCount = payloads.length
      seen.push(...claimedScopes(payloads))
      authorise(deps, viewer, seen)
      const opened = await Promise.all(payloads.map((payload) => open(deps, payload)))
      await note('decoded')
      return Response.json({ payloads: opened.map(toWire) }, { headers: cors(deps.uiOrigin, true) })
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'internal_error'
      await note('refused', code)
      return refusal(error, code, cors(deps.uiOrigin, request.headers.get('origin') === deps.uiOrigin))
    }
  }
}

function authorise(deps: CodecEndpointDeps, viewer: CodecViewer, scopes: readonly PayloadScope[]): void {
  for (const scope of scopes) {
    if (!viewer.mayDecode(scope.tenantId))
      throw new DomainError('forbidden', 'These payloads belong to another tenant.')
    if (scope.namespace !== deps.namespace)
      throw new DomainError('forbidden', 'These payloads are of another namespace.')
  }
}

const isSealed = (payload: Payload): boolean =>
  Buffer.from(payload.metadata?.['encoding'] ?? []).toString('utf8') === SEALED_ENCODING

const claimedScopes = (payloads: readonly Payload[]): PayloadScope[] =>
  payloads.filter(isSealed).map((payload) => readSealed(payload).scope)

async function open(deps: CodecEndpointDeps, payload: Payload): Promise<Payload> {
  // Search attributes and the markers of the SDK are in clear by design, and the UI sends them along. They go back as
  // they came, which gives nothing away and vouches for nothing; workers refuse payloads in clear all the same.
  if (!isSealed(payload)) return payload
  try {
    return (await openPayload(deps, payload, undefined)).payload
  } catch (error) {
    if (error instanceof DomainError && error.code === 'key_shredded') return ERASED
    throw error
  }
}

async function readPayloads(request: Request): Promise<Payload[]> {
  const text = await readText(request)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new DomainError('invalid_input', 'The body is not JSON.')
  }
  const payloads = (body as { payloads?: unknown } | null)?.payloads
  if (!Array.isArray(payloads) || !payloads.every(isWirePayload)) {
    throw new DomainError('invalid_input', 'The body is not a list of payloads.')
  }
  if (payloads.length > PAYLOADS_MAX) throw new DomainError('payload_too_large', `More than ${PAYLOADS_MAX} payloads.`)
  return payloads.map(fromWire)
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.length
    if (sizeBytes > BODY_MAX_BYTES) throw new DomainError('payload_too_large', 'The body is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const isText = (value: unknown): boolean => typeof value === 'string'

function isWirePayload(value: unknown): value is WirePayload {
  if (typeof value !== 'object' || value === null) return false
  const { metadata, data } = value as { metadata?: unknown; data?: unknown }
  if (data !== undefined && data !== null && !isText(data)) return false
  if (metadata === undefined || metadata === null) return true
  return typeof metadata === 'object' && Object.values(metadata).every(isText)
}

const fromWire = ({ metadata, data }: WirePayload): Payload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]),
  ),
  data: Buffer.from(data ?? '', 'base64'),
})

const toWire = ({ metadata, data }: Payload): WirePayload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
})

function refusal(error: unknown, code: ErrorCode, headers: Record<string, string>): Response {
  // The text of an unknown error may hold anything; that of a DomainError is written for engineers.
  const detail = error instanceof DomainError ? error.message : 'The payloads could not be decoded.'
  const { status } = ERRORS[code]
  const body = JSON.stringify({ type: problemPath(code), title: titleOf(code), status, code, detail, errors: [] })
  return new Response(body, { status, headers: { ...headers, 'content-type': 'application/problem+json' } })
}

const cors = (uiOrigin: string, isUi: boolean): Record<string, string> => ({
  vary: 'Origin',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  ...(isUi && {
    'access-control-allow-origin': uiOrigin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, x-namespace, authorization',
    'access-control-max-age': '600',
  }),
})

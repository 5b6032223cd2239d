import { ApplicationFailure, type Payload, type PayloadCodec, type SerializationContext } from '@temporalio/common'
import proto from '@temporalio/proto'
import { DomainError } from '#domain/errors.ts'
import { openEnvelope, type ParsedEnvelope, parseEnvelope, sealEnvelope } from '#infra/crypto/envelope.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { loadSubjectKey, type SubjectKeyStore } from '#infra/crypto/subject-keys.ts'
import {
  bindingOfScope,
  type PayloadScope,
  PLATFORM_TENANT,
  platformScope,
  sameScope,
  scopeOfBinding,
  scopeOfContext,
  tenantOfWorkflowId,
} from './workflow-scope.ts'

export const SEALED_ENCODING = 'binary/encrypted'
export const PAYLOAD_MAX_BYTES = 65_536
export const PAYLOAD_LARGE_BYTES = 4_096

export type CodecKeys = { keyRing: KeyRing; subjectKeys?: SubjectKeyStore | undefined }

export type CodecOptions = CodecKeys & {
  namespace: string
  /** The contact key that payloads of a workflow are sealed under, where the tenant keeps one per contact. */
  subjectKeyIdOf?: (scope: PayloadScope) => Promise<string | undefined>
  /** Told about payloads above 4 KB: they belong into rows, with only their id in the history. */
  onLargePayload?: (fact: { workflowId: string; sizeBytes: number }) => void
}

const { Payload: PayloadMessage } = proto.temporal.api.common.v1
const ENCODING_BYTES = Buffer.from(SEALED_ENCODING)

/**
 * Seals every payload for the workflow it belongs to, and opens only what was sealed for the workflow where it is
 * found. A payload in clear is refused like a forged one: whoever can write to Temporal must not be believed.
 */
export function createPayloadCodec(options: CodecOptions): PayloadCodec {
  return {
    async encode(payloads, context) {
      // The worker reports a failed workflow task without a context, and must be able to.
      const scope = scopeOfContext(context) ?? platformScope(options.namespace)
      const key = payloads.length === 0 ? undefined : await sealingKey(options, scope)
      return payloads.map((payload) => {
        const plaintext = PayloadMessage.encode(payload).finish()
        checkSize(options, { scope, context, sizeBytes: plaintext.length })
        return seal({ ...key!, scope, plaintext })
      })
    },
    async decode(payloads, context) {
      const expected = scopeOfContext(context)
      return Promise.all(payloads.map(async (payload) => (await openPayload(options, payload, expected)).payload))
    },
  }
}

/**
 * Opens one payload. Without an expected scope the carried one stands, which is authentic but only says where the
 * payload was made. Throws `ciphertext_invalid`, `key_missing` or `key_shredded`.
 */
export async function openPayload(
  keys: CodecKeys,
  payload: Payload,
  expected: PayloadScope | undefined,
): Promise<{ payload: Payload; scope: PayloadScope }> {
  const { parsed, scope } = readSealed(payload)
  if (expected !== undefined && !sameScope(scope, expected))
    throw refused(`sealed for ${scope.workflowId || 'the platform'}`)
  const { keyId, tenantId, subjectKeyId } = parsed.header
  const key =
    subjectKeyId === undefined
      ? keys.keyRing.tenantKey({ purpose: 'payload', tenantId, keyId })
      : await loadSubjectKey({ keyRing: keys.keyRing, subjectKeys: keys.subjectKeys }, { tenantId, subjectKeyId })
  return { payload: PayloadMessage.decode(openEnvelope(parsed, { key, binding: bindingOfScope(scope) })), scope }
}

/** Where a sealed payload claims to belong, without opening it. Throws `ciphertext_invalid` for one that is not sealed. */
export function readSealed(payload: Payload): { parsed: ParsedEnvelope; scope: PayloadScope } {
  const encoding = payload.metadata?.['encoding']
  if (!encoding || !ENCODING_BYTES.equals(encoding)) throw refused('it is not sealed')
  const parsed = parseEnvelope(payload.data ?? new Uint8Array())
  const scope = scopeOfBinding(parsed.binding, parsed.header.tenantId)
  if (scope === undefined) throw refused('it is not a payload of Temporal')
  const owner = scope.workflowId === '' ? PLATFORM_TENANT : tenantOfWorkflowId(scope.workflowId)
  if (owner !== scope.tenantId) throw refused('tenant and workflow disagree')
  return { parsed, scope }
}

type SealingKey = { key: ReturnType<KeyRing['tenantKey']>; keyId: string; subjectKeyId: string | undefined }

async function sealingKey(options: CodecOptions, scope: PayloadScope): Promise<SealingKey> {
  const { keyRing, subjectKeys } = options
  const { tenantId } = scope
  const keyId = keyRing.currentKeyId
  const subjectKeyId = await options.subjectKeyIdOf?.(scope)
  const key =
    subjectKeyId === undefined
      ? keyRing.tenantKey({ purpose: 'payload', tenantId, keyId })
      : await loadSubjectKey({ keyRing, subjectKeys }, { tenantId, subjectKeyId })
  return { key, keyId, subjectKeyId }
}

function seal({
  key,
  keyId,
  subjectKeyId,
  scope,
  plaintext,
}: SealingKey & { scope: PayloadScope; plaintext: Uint8Array }) {
  const header = { keyId, tenantId: scope.tenantId, subjectKeyId }
  const data = sealEnvelope({ header, key, binding: bindingOfScope(scope), carryBinding: true, plaintext })
  return { metadata: { encoding: ENCODING_BYTES, 'key-id': Buffer.from(keyId) }, data }
}

function checkSize(
  options: CodecOptions,
  { scope, context, sizeBytes }: { scope: PayloadScope; context: SerializationContext | undefined; sizeBytes: number },
): void {
  if (sizeBytes > PAYLOAD_LARGE_BYTES) options.onLargePayload?.({ workflowId: scope.workflowId, sizeBytes })
  if (sizeBytes <= PAYLOAD_MAX_BYTES) return
  const message = `A payload of ${sizeBytes} bytes is over the ${PAYLOAD_MAX_BYTES} that a history may hold: pass an id.`
  const error = new DomainError('payload_too_large', message)
  // The activity that returned it is not tried again: it would only do its work once more and return the same.
  if (context?.type !== 'activity') throw error
  throw ApplicationFailure.create({ message, type: error.code, nonRetryable: true, cause: error })
}

const refused = (fault: string): DomainError =>
  new DomainError('ciphertext_invalid', `The payload was refused: ${fault}.`)

import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { type JsonBounds, type OddKey, oddKey, refuseHugeJson } from '#infra/http/json-guard.ts'
import type { AppEnv } from '../deps.ts'

export const BODY_MAX_BYTES = 262_144

const API_JSON: JsonBounds = { depthMax: 64, keysPerObjectMax: 2_000, valuesMax: 100_000 }

async function readAtMost(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.byteLength
    if (size > maxBytes) throw tooLarge(maxBytes)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const tooLarge = (maxBytes: number) =>
  new DomainError('payload_too_large', `A body of this route has at most ${maxBytes} bytes.`)

const ODD_KEYS: Readonly<Record<OddKey['fault'], string>> = {
  repeated_field: 'This field is there twice.',
  unknown_field: 'This is no field.',
}

const odd = ({ path, fault }: OddKey) =>
  new DomainError('invalid_input', 'The JSON of the body has a field that nothing reads one way only.', {
    errors: [{ path, code: fault, message: ODD_KEYS[fault] }],
  })

/**
 * Reads the body once, within a bound, and judges its shape before anything parses it.
 * What was read is what the validators and the idempotency key see.
 */
export async function readBody(c: Context<AppEnv>, maxBytes: number): Promise<Uint8Array> {
  const declared = c.req.header('content-length')
  if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes)
  const stream = c.req.raw.body
  if (stream === null) return new Uint8Array()
  const bytes = await readAtMost(stream, maxBytes)
  // The framework's own cache: every later reader of the body gets these bytes.
  c.req.bodyCache.arrayBuffer = Promise.resolve(bytes) as unknown as ArrayBuffer
  if (/json/i.test(c.req.header('content-type') ?? '')) {
    const refusal = refuseHugeJson(bytes, API_JSON)
    if (refusal !== undefined) throw new DomainError('payload_too_large', `The JSON of the body is ${refusal}.`)
    const key = oddKey(bytes)
    if (key !== undefined) throw odd(key)
  }
  return bytes
}

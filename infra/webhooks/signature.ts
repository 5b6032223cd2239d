import { createHmac } from 'node:crypto'
import { SECRET_PREFIX } from './secrets.ts'

export type Signed = { messageId: string; type: string; body: string; atMs: number; secrets: readonly string[] }

/**
 * The one scheme by which the house signs what it tells others: Standard Webhooks (id, instant and body under one HMAC,
 * a signature per valid secret), and beside it the older `X-MAX-…` headers, which know no instant.
 *
 * @param secrets the valid ones, the newest first. During a rotation the older signature has a header of its own.
 */
export function signedHeaders({ messageId, type, body, atMs, secrets }: Signed): Record<string, string> {
  // Id, instant and body are joined by dots: one with a dot in its id would be signed for other parts as well.
  if (messageId.includes('.')) throw new TypeError('The id of a delivery has no dot.')
  const timestamp = String(Math.floor(atMs / 1_000))
  const content = `${messageId}.${timestamp}.${body}`
  const [newest, previous] = secrets
  return {
    'content-type': 'application/json',
    'user-agent': 'Holdfast-Webhooks/1',
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${hmac(keyOf(secret), content, 'base64')}`).join(' '),
    'x-max-event': type,
    ...(newest !== undefined && { 'x-max-signature': hmac(newest, body, 'hex') }),
    ...(previous !== undefined && { 'x-max-signature-previous': hmac(previous, body, 'hex') }),
  }
}

/** Standard Webhooks signs with the bytes behind the prefix; the older scheme takes the secret as it is written. */
const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')

const hmac = (key: string | Buffer, text: string, encoding: 'base64' | 'hex'): string =>
  createHmac('sha256', key).update(text, 'utf8').digest(encoding)

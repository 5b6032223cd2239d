import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from './refusal.ts'

export type AccessKey = { id: string; secret: string }

/** A request as it came: nothing of it decoded, because the signature is over what was sent. */
export type Asked = { method: string; path: string; query: string; headers: IncomingHttpHeaders; body: Buffer }

const SKEW_MS_MAX = 15 * 60_000
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')

/** Signature Version 4, in the header. @throws Refusal in S3's own words. */
export function assertSigned(asked: Asked, key: AccessKey, nowMs: number): void {
  const [, id, day, region, names, signature] = AUTHORIZATION.exec(asked.headers.authorization ?? '') ?? []
  if (id === undefined || signature === undefined) throw new Refusal(403, 'AccessDenied')
  if (id !== key.id) throw new Refusal(403, 'InvalidAccessKeyId')
  const at = String(asked.headers['x-amz-date'])
  const atMs = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(nowMs - atMs) <= SKEW_MS_MAX)) throw new Refusal(403, 'RequestTimeTooSkewed')

  const payload = String(asked.headers['x-amz-content-sha256'])
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(asked.body)) {
    throw new Refusal(400, 'XAmzContentSHA256Mismatch')
  }
  const scope = `${day}/${region}/s3/aws4_request`
  const request = canonical(asked, names!.split(';'), payload)
  const signing = ['aws4_request', 's3', region!, day!].reduceRight<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${key.secret}`),
  )
  const expected = hmac(signing, ['AWS4-HMAC-SHA256', at, scope, sha256(request)].join('\n'))
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw new Refusal(403, 'SignatureDoesNotMatch')
}

function canonical({ method, path, query, headers }: Asked, names: string[], payload: string): string {
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  const lines = names.map((name) => `${name}:${String(headers[name] ?? '').trim()}`)
  return [method, path, pairs.sort().join('&'), ...lines, '', names.join(';'), payload].join('\n')
}

import { createECDH, createPrivateKey, type KeyObject, sign } from 'node:crypto'

const CURVE = 'prime256v1'
const LASTS_S = 12 * 3_600

/** The key pair by which push services know this house (RFC 8292). */
export type VapidKeys = { publicKey: string; sign: (endpoint: string, nowMs: number) => string }

/** @param privateKey 32 bytes in base64url. `subject` is an address where the push service reaches whoever runs the house. */
export function vapidKeysOf(privateKey: string, subject: string): VapidKeys {
  const ecdh = createECDH(CURVE)
  ecdh.setPrivateKey(Buffer.from(privateKey, 'base64url'))
  const point = ecdh.getPublicKey()
  const publicKey = point.toString('base64url')
  const key = privateKeyOf(ecdh.getPrivateKey(), point)
  return {
    publicKey,
    /** The header that goes with a push to this address. */
    sign(endpoint, nowMs) {
      const claims = { aud: new URL(endpoint).origin, exp: Math.floor(nowMs / 1_000) + LASTS_S, sub: subject }
      const text = [{ typ: 'JWT', alg: 'ES256' }, claims].map(part).join('.')
      const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
      return `vapid t=${text}.${signature.toString('base64url')}, k=${publicKey}`
    },
  }
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** ECDH gives the private number without leading zeros; a JWK must have all 32 bytes. */
function privateKeyOf(number: Buffer, point: Buffer): KeyObject {
  const d = Buffer.concat([Buffer.alloc(32 - number.length), number]).toString('base64url')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' })
}

import { createCipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto'

export type PushKeys = { p256dh: string; auth: string }

const RECORD_BYTES = 4_096
/** What fits into one record beside its tag and its end mark. */
const TEXT_BYTES_MAX = 3_800

/**
 * Seals a text for one browser, as RFC 8291 and RFC 8188 (`aes128gcm`) say: only that browser can open it, not the push
 * service that carries it. `fixed` is for the test vector of the RFC.
 */
export function encryptPush(text: string, keys: PushKeys, fixed?: { salt: Buffer; sender: ECDH }): Buffer {
  const plain = Buffer.from(text)
  if (plain.length > TEXT_BYTES_MAX) throw new RangeError(`A push holds at most ${TEXT_BYTES_MAX} bytes.`)
  const sender = fixed?.sender ?? newSender()
  const salt = fixed?.salt ?? randomBytes(16)
  const receiver = Buffer.from(keys.p256dh, 'base64url')
  const own = sender.getPublicKey()
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiver, own])
  const secret = hkdf(sender.computeSecret(receiver), Buffer.from(keys.auth, 'base64url'), info, 32)
  const key = hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  const sealed = [cipher.update(Buffer.concat([plain, Buffer.from([2])])), cipher.final(), cipher.getAuthTag()]
  const sizes = Buffer.alloc(5)
  sizes.writeUInt32BE(RECORD_BYTES, 0)
  sizes.writeUInt8(own.length, 4)
  return Buffer.concat([salt, sizes, own, ...sealed])
}

function newSender(): ECDH {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  return ecdh
}

const hkdf = (secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length))

import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const ES256_ALGORITHM = -7
const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const ATTESTED = 0x40

const text = (value: string) => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
const bytes = (value: Uint8Array) => Buffer.concat([head(2, value.length), value])
const int = (value: number) => (value < 0 ? head(1, -1 - value) : head(0, value))
const map = (entries: [Buffer, Buffer][]) => Buffer.concat([head(5, entries.length), ...entries.flat()])

/** The head of a CBOR item: its major type and its length or value. */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value])
  if (value < 256) return Buffer.from([(major << 5) | 24, value])
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff])
}

const sha256 = (value: string | Uint8Array) => createHash('sha256').update(value).digest()
const url = (value: Uint8Array) => Buffer.from(value).toString('base64url')

/** An authenticator in software, written from the WebAuthn specification and from nothing that the product uses. */
export class SoftAuthenticator {
  readonly origin: string
  readonly id = randomBytes(32)
  readonly #key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  counter = 0
  flags = USER_PRESENT | USER_VERIFIED

  constructor(origin: string) {
    this.origin = origin
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }))
  }

  #authenticatorData(flags: number, attested = Buffer.alloc(0)): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    return Buffer.concat([sha256(new URL(this.origin).hostname), Buffer.from([flags]), counter, attested])
  }

  make({ challenge }: { challenge: string }) {
    const { x, y } = this.#key.publicKey.export({ format: 'jwk' })
    const point = (value: string | undefined) => bytes(Buffer.from(value ?? '', 'base64url'))
    const publicKey = map([
      [int(1), int(2)],
      [int(3), int(ES256_ALGORITHM)],
      [int(-1), int(1)],
      [int(-2), point(x)],
      [int(-3), point(y)],
    ])
    const length = Buffer.from([0, this.id.length])
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, publicKey])
    const attestationObject = map([
      [text('fmt'), text('none')],
      [text('attStmt'), map([])],
      [text('authData'), bytes(this.#authenticatorData(this.flags | ATTESTED, attested))],
    ])
    const response = {
      clientDataJSON: url(this.#clientData('webauthn.create', challenge)),
      attestationObject: url(attestationObject),
      transports: ['internal'],
    }
    return { id: url(this.id), rawId: url(this.id), type: 'public-key', response, clientExtensionResults: {} }
  }

  prove({ challenge }: { challenge: string }) {
    this.counter += 1
    const clientData = this.#clientData('webauthn.get', challenge)
    const authenticatorData = this.#authenticatorData(this.flags)
    const key = createPrivateKey(this.#key.privateKey.export({ format: 'pem', type: 'pkcs8' }))
    const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), key)
    const response = {
      clientDataJSON: url(clientData),
      authenticatorData: url(authenticatorData),
      signature: url(signature),
    }
    return { id: url(this.id), rawId: url(this.id), type: 'public-key', response, clientExtensionResults: {} }
  }
}

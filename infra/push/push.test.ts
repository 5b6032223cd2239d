import assert from 'node:assert/strict'
import { createECDH, createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { encryptPush } from './encrypt.ts'
import { createPushSender } from './push-sender.ts'
import { vapidKeysOf } from './vapid.ts'

// RFC 8291, appendix A.
const SENDER = 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'
const KEYS = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
}
const SEALED =
  'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN'

function sender() {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(Buffer.from(SENDER, 'base64url'))
  return ecdh
}

test('a push is sealed exactly as the standard shows', () => {
  const fixed = { salt: Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url'), sender: sender() }
  const sealed = encryptPush('When I grow up, I want to be a watermelon', KEYS, fixed)
  assert.equal(sealed.toString('base64url'), SEALED)
  assert.throws(() => encryptPush('x'.repeat(4_000), KEYS), RangeError)
})

test('the push service can check who sends, for its own origin and for half a day', () => {
  const vapid = vapidKeysOf(SENDER, 'mailto:ops@example.com')
  const header = vapid.sign('https://push.example.com/send/abc', 1_000_000)
  const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(header)!
  assert.equal(key, vapid.publicKey)
  const [head, claims, signature] = token!.split('.')
  const decoded = JSON.parse(Buffer.from(claims!, 'base64url').toString())
  assert.deepEqual(decoded, { aud: 'https://push.example.com', exp: 1_000 + 43_200, sub: 'mailto:ops@example.com' })
  const point = Buffer.from(key!, 'base64url')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const ok = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature!, 'base64url'),
  )
  assert.ok(ok)
})

test('what the push service answers decides whether a subscription is kept and whether it is tried again', async () => {
  const vapid = vapidKeysOf(SENDER, 'mailto:ops@example.com')
  const outcomes = await Promise.all(
    [201, 410, 404, 429, 503, 403].map((httpStatus) => {
      const fetch = async () =>
        ({ kind: 'response', httpStatus, headers: {}, body: Buffer.alloc(0), truncated: false, tookMs: 1 }) as const
      const send = createPushSender({ vapid, guarded: { fetch } })
      return send({ endpoint: 'https://push.example.com/a', ...KEYS }, { title: 't', body: 'b', url: '/', tag: 'x' }, 0)
    }),
  )
  assert.deepEqual(outcomes, ['sent', 'gone', 'gone', 'later', 'later', 'refused'])
})

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { hintOf, newWebhookSecret } from './secrets.ts'
import { signedHeaders } from './signature.ts'

// The vector that the libraries of Standard Webhooks are tested with.
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  body: '{"test": 2432232314}',
  atMs: 1_614_265_330_000,
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}

test('[SEC-15] [S49] a delivery is signed as the public vector of Standard Webhooks says', () => {
  const { secret, signature, ...message } = VECTOR
  const headers = signedHeaders({ ...message, type: 'conversation.closed', secrets: [secret] })
  assert.equal(headers['webhook-signature'], signature)
  assert.equal(headers['webhook-id'], VECTOR.messageId)
  assert.equal(headers['webhook-timestamp'], '1614265330')
})

test('[INT-17] beside it the body is signed as hex under the secret as it is written, with the event named', () => {
  const { secret, signature: _signature, ...message } = VECTOR
  const headers = signedHeaders({ ...message, type: 'conversation.closed', secrets: [secret] })
  assert.equal(headers['x-max-event'], 'conversation.closed')
  assert.equal(headers['x-max-signature'], createHmac('sha256', secret).update(VECTOR.body).digest('hex'))
  assert.equal(headers['x-max-signature-previous'], undefined)
})

test('[S49] during a rotation every valid secret signs, the newest first', () => {
  const secrets = [newWebhookSecret(), VECTOR.secret]
  const { secret: _secret, signature, ...message } = VECTOR
  const headers = signedHeaders({ ...message, type: 'x', secrets })
  const signatures = headers['webhook-signature']!.split(' ')
  assert.equal(signatures.length, 2)
  assert.equal(signatures[1], signature)
  assert.equal(
    headers['x-max-signature-previous'],
    createHmac('sha256', VECTOR.secret).update(VECTOR.body).digest('hex'),
  )
})

test('secrets differ, and their hint is their end', () => {
  const made = new Set(Array.from({ length: 50 }, newWebhookSecret))
  assert.equal(made.size, 50)
  for (const secret of made) assert.ok(secret.replace(/=+$/, '').endsWith(hintOf(secret)))
})

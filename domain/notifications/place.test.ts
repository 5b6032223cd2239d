import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOf } from './place.ts'

const ID = '018f0000-0000-7000-8000-000000000000'

test('[BILL-03] a warning about the plan leads to the page that shows its use', () => {
  assert.equal(placeOf({ subject: { type: 'tenant', id: ID }, conversationId: null }), '/settings/usage')
})

test('what belongs to a conversation leads there, whatever it is about', () => {
  assert.equal(placeOf({ subject: { type: 'message', id: ID }, conversationId: ID }), `/inbox/${ID}`)
  assert.equal(placeOf({ subject: { type: 'flow', id: ID }, conversationId: null }), undefined)
})

test('a webhook that fails leads to its page', () => {
  assert.equal(placeOf({ subject: { type: 'webhook', id: ID }, conversationId: null }), `/settings/webhooks/${ID}`)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OutboundState } from './schema.ts'
import { decideSend, FENCE_MS, SETTLE_MS, type SendFacts } from './sendable.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')

/** A flow's answer that may leave. */
const READY: SendFacts = {
  state: 'queued',
  kind: 'text',
  messageClass: 'reply',
  automated: true,
  epoch: 4,
  cutEpoch: 4,
  attempt: 0,
  sendingAtMs: null,
  notBeforeMs: null,
  windowExpiresAtMs: NOW + 1,
  predecessorPending: false,
  contactBlocked: false,
  contactErased: false,
  suppressed: false,
  consent: null,
  channelConnected: true,
  hasAddress: true,
  beyondQuota: false,
}
const TEMPLATE = { status: 'approved', category: 'utility' } as const

const decide = (facts: Partial<SendFacts>) => decideSend({ ...READY, ...facts }, NOW)
const codeOf = (facts: Partial<SendFacts>) => {
  const decision = decide(facts)
  return decision.kind === 'refuse' ? `${decision.state}: ${decision.code}` : decision.kind
}

test('what nothing forbids leaves, as its first attempt and as no duplicate', () => {
  assert.deepEqual(decide({}), { kind: 'send', attempt: 1, possibleDuplicate: false })
})

test('the cut: automated messages from before it stay, those of its own commit leave, people are never cut', () => {
  assert.equal(codeOf({ epoch: 3 }), 'superseded: superseded')
  assert.equal(codeOf({ epoch: 4 }), 'send')
  assert.equal(codeOf({ epoch: 3, automated: false }), 'send')
})

test('the window: free text leaves within it, nothing but a template after it', () => {
  assert.equal(codeOf({ windowExpiresAtMs: NOW }), 'failed: service_window_closed')
  assert.equal(codeOf({ windowExpiresAtMs: null }), 'failed: service_window_closed')
  assert.equal(codeOf({ windowExpiresAtMs: null, kind: 'template', template: TEMPLATE }), 'send')
})

test('a template leaves only while the provider approves of it', () => {
  for (const status of ['pending', 'rejected', 'paused', 'disabled', null]) {
    assert.equal(codeOf({ template: { ...TEMPLATE, status } }), 'failed: template_not_approved')
  }
})

test('consent: no marketing without it, and nothing of a category that was withdrawn', () => {
  const consents = ['granted', 'withdrawn', null] as const
  const outcomes = (category: string) =>
    consents.map((consent) => codeOf({ consent, template: { ...TEMPLATE, category } }))
  const optedOut = 'suppressed: recipient_opted_out'
  assert.deepEqual(outcomes('marketing'), ['send', optedOut, optedOut])
  assert.deepEqual(outcomes('utility'), ['send', optedOut, 'send'])
  const ofFreeText = (automated: boolean) => consents.map((consent) => codeOf({ consent, automated }))
  assert.deepEqual(ofFreeText(true), ['send', optedOut, 'send'])
  assert.deepEqual(ofFreeText(false), ['send', optedOut, 'send'], 'nobody overrides it')
})

test('whom we must not write to: blocked, suppressed and erased contacts, for people’s messages as well', () => {
  for (const fact of [{ contactBlocked: true }, { suppressed: true }, { contactErased: true }]) {
    for (const automated of [true, false]) {
      assert.equal(codeOf({ ...fact, automated }), 'suppressed: recipient_suppressed')
    }
  }
})

test('[BILL-02] beyond the quota nothing leaves that nobody wrote by hand, and why nobody may be written to is said first', () => {
  assert.equal(codeOf({ beyondQuota: true }), 'failed: quota_exceeded')
  assert.equal(codeOf({ beyondQuota: true, template: TEMPLATE }), 'failed: quota_exceeded')
  assert.equal(codeOf({ beyondQuota: true, suppressed: true }), 'suppressed: recipient_suppressed')
  // What may have left already is not undone: its outcome stays unknown.
  const sendingAtMs = NOW - SETTLE_MS
  assert.equal(codeOf({ beyondQuota: true, state: 'unknown', attempt: 1, sendingAtMs }), 'settled')
})

test('without an address or a connected number nothing can leave', () => {
  assert.equal(codeOf({ hasAddress: false }), 'failed: message_not_sendable')
  assert.equal(codeOf({ channelConnected: false }), 'failed: channel_not_connected')
})

test('order: a message waits for the one before it, and a refused one does not wait to be refused', () => {
  const waits = decide({ predecessorPending: true })
  assert.ok(waits.kind === 'later' && waits.reason === 'predecessor' && waits.untilMs > NOW)
  assert.equal(codeOf({ predecessorPending: true, epoch: 3 }), 'superseded: superseded')
  assert.deepEqual(decide({ notBeforeMs: NOW + 5 }), { kind: 'later', untilMs: NOW + 5, reason: 'not_before' })
  assert.equal(codeOf({ notBeforeMs: NOW }), 'send')
})

test('a claim belongs to one process until its fence has passed; then nobody knows what became of it', () => {
  const sendingAtMs = NOW - FENCE_MS + 1
  assert.deepEqual(decide({ state: 'sending', attempt: 1, sendingAtMs }), {
    kind: 'later',
    untilMs: NOW + 1,
    reason: 'in_flight',
  })
  assert.deepEqual(decide({ state: 'sending', attempt: 1, sendingAtMs: NOW - FENCE_MS }), {
    kind: 'lost',
    settleByMs: NOW - FENCE_MS + SETTLE_MS,
  })
})

test('an unknown outcome waits for its status; then a reply goes once more, flagged, and never a third time', () => {
  const unknown = { state: 'unknown', attempt: 1 } as const
  assert.deepEqual(decide({ ...unknown, sendingAtMs: NOW - SETTLE_MS + 1 }), {
    kind: 'later',
    untilMs: NOW + 1,
    reason: 'settling',
  })
  const sendingAtMs = NOW - SETTLE_MS
  assert.deepEqual(decide({ ...unknown, sendingAtMs }), { kind: 'send', attempt: 2, possibleDuplicate: true })
  assert.equal(codeOf({ ...unknown, sendingAtMs, attempt: 2 }), 'settled')
})

test('reminders and campaigns are never sent again, and nothing is sent again after a cut or outside the window', () => {
  const unknown = { state: 'unknown', attempt: 1, sendingAtMs: NOW - SETTLE_MS } as const
  assert.equal(codeOf({ ...unknown, messageClass: 'reminder' }), 'settled')
  assert.equal(codeOf({ ...unknown, messageClass: 'campaign' }), 'settled')
  assert.equal(codeOf({ ...unknown, epoch: 3 }), 'settled')
  assert.equal(codeOf({ ...unknown, windowExpiresAtMs: NOW }), 'settled')
})

test('what has come to an end is not touched', () => {
  const ends: OutboundState[] = ['accepted', 'sent', 'delivered', 'read', 'failed', 'suppressed', 'superseded']
  for (const state of ends) assert.equal(codeOf({ state, attempt: 1 }), 'settled')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SERVICE_WINDOW_MS, serviceWindow, serviceWindowRemainingMs } from './service-window.ts'

const NOW = 1_750_000_000_000

test('the window is open for 24 hours after the contact wrote, to the millisecond', () => {
  assert.deepEqual(serviceWindow(NOW - 1_000, NOW), {
    kind: 'open',
    remainingMs: SERVICE_WINDOW_MS - 1_000,
    closesAtMs: NOW - 1_000 + SERVICE_WINDOW_MS,
  })
  assert.equal(serviceWindow(NOW - SERVICE_WINDOW_MS + 1, NOW).kind, 'open')
  assert.equal(serviceWindow(NOW - SERVICE_WINDOW_MS, NOW).kind, 'closed')
})

test('a contact who never wrote has no window', () => {
  assert.equal(serviceWindow(undefined, NOW).kind, 'closed')
})

test('a clock that runs ahead at the provider gives no more than 24 hours', () => {
  assert.equal(serviceWindowRemainingMs(NOW + 60_000, NOW), SERVICE_WINDOW_MS)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EmailInput, FlagInput, InstantInput } from './inputs.ts'

test('an instant comes with any offset that is in use, and is one in UTC inside', () => {
  assert.equal(InstantInput.parse('2026-03-02T16:00:00+02:00'), '2026-03-02T14:00:00.000Z')
  assert.equal(InstantInput.parse('2026-03-02T14:00:00Z'), '2026-03-02T14:00:00.000Z')
  for (const text of [
    '0330-04-09T00:35:49-20:21',
    '2026-03-02T14:00:00+15:00',
    '1969-12-31T23:59:59Z',
    '2026-02-30T00:00:00Z',
    '2026-03-02',
    'yesterday',
  ]) {
    assert.equal(InstantInput.safeParse(text).success, false, text)
  }
})

test('a flag is one of two words', () => {
  assert.deepEqual([FlagInput.parse('true'), FlagInput.parse('false')], [true, false])
  for (const text of ['1', 'yes', 'TRUE', '']) assert.equal(FlagInput.safeParse(text).success, false, text)
})

test('an address of mail has at most 64 characters before its @', () => {
  assert.ok(EmailInput.safeParse(`${'a'.repeat(64)}@example.com`).success)
  assert.equal(EmailInput.safeParse(`${'a'.repeat(65)}@example.com`).success, false)
})

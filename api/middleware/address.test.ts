import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf } from './address.ts'

const PROXIES = ['10.0.0.0/8', 'fd00::1']

test('[S56] what a caller writes into X-Forwarded-For is not believed', () => {
  assert.equal(addressOf('203.0.113.7', '127.0.0.1', PROXIES), '203.0.113.7')
  assert.equal(addressOf('203.0.113.7', '127.0.0.1', []), '203.0.113.7')
  assert.equal(addressOf('10.0.0.5', '1.2.3.4, 203.0.113.7', PROXIES), '203.0.113.7')
  assert.equal(addressOf('10.0.0.5', '127.0.0.1, 203.0.113.7, 10.0.0.9', PROXIES), '203.0.113.7')
})

test('[S56] addresses have one spelling, and what is none ends the search at the last hop that is known', () => {
  assert.equal(addressOf('::ffff:203.0.113.7', undefined, PROXIES), '203.0.113.7')
  assert.equal(addressOf('::ffff:10.0.0.5', '203.0.113.7', PROXIES), '203.0.113.7')
  assert.equal(addressOf('fd00:0:0::1', '[2001:db8::1]', PROXIES), '2001:db8::1')
  for (const odd of ['0177.0.0.1', '2130706433', '127.1', 'localhost', '', '<script>']) {
    assert.equal(addressOf('10.0.0.5', odd, PROXIES), '10.0.0.5', odd)
  }
  assert.equal(addressOf(undefined, '203.0.113.7', PROXIES), '0.0.0.0')
})

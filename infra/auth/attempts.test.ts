import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf } from './attempts.ts'

test('[S57] an IPv6 host is counted by its network, however its address is written', () => {
  const network = '2001:db8:0:1::/64'
  for (const address of ['2001:db8:0:1::1', '2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1:a::%eth0']) {
    assert.equal(networkOf(address), network)
  }
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64')
  assert.notEqual(networkOf('2001:db8:0:2::1'), network)
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
})

test('[S57] an IPv4 address is the same one when it comes mapped into IPv6', () => {
  assert.equal(networkOf('203.0.113.7'), '203.0.113.7')
  assert.equal(networkOf('::ffff:203.0.113.7'), '203.0.113.7')
})

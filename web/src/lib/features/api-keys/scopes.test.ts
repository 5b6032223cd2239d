import { expect, test } from 'vitest'
import { addressLines, givable, onlyReading } from './scopes.ts'

test('[INT-24] nobody is offered a scope that they do not hold, nor one that is for people only', () => {
  expect(givable((permission) => permission === 'tags.manage' || permission === 'api_keys.manage')).toEqual([
    { group: 'tags', permissions: ['tags.manage'] },
  ])
  const all = givable(() => true).flatMap(({ permissions }) => permissions)
  expect(all).toContain('contacts.read')
  expect(all).not.toContain('tenant.own')
})

test('reading is what changes nothing', () => {
  expect(onlyReading(['contacts.read', 'contacts.write', 'flows.publish'])).toEqual(['contacts.read'])
})

test('an allow list is read line by line, and also as people paste it', () => {
  expect(addressLines(' 203.0.113.7\n\n10.0.0.0/8, 2001:db8::/32 ')).toEqual([
    '203.0.113.7',
    '10.0.0.0/8',
    '2001:db8::/32',
  ])
})

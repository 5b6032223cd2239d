import { IntlMessageFormat } from 'intl-messageformat'
import { expect, test } from 'vitest'
import { FLOW_FAULTS } from '#domain/flows/fault.ts'
import { NODE_TYPE_NAMES } from '#domain/flows/nodes/index.ts'
import { PREVIEW_LABELS } from '#domain/messages/preview.ts'
import { PERMISSIONS } from '#domain/permissions/catalogue.ts'
import { brokenText } from '../features/translations/broken-text.ts'
import { ar } from './ar/index.ts'
import { en } from './en/index.ts'
import { keysOf, messageOf } from './messages.ts'

test('[UX-03] Arabic says everything that English says, with the same values', () => {
  expect(keysOf(ar).sort()).toEqual(keysOf(en).sort())
  const broken = keysOf(en).filter((key) => brokenText(messageOf(ar, key)!, messageOf(en, key)!, 'ar'))
  expect(broken).toEqual([])
})

test('[UX-03] every English text is a message that can be shown', () => {
  for (const key of keysOf(en)) {
    const text = messageOf(en, key)!
    expect(() => new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }), key).not.toThrow()
    // People in the sample thread may be glad; the product itself does not shout.
    if (!key.startsWith('auth.sample_')) expect(text, key).not.toMatch(/!/)
  }
})

test('[UX-03] what the domain names by a key has words', () => {
  const wanted = [
    ...PREVIEW_LABELS,
    ...NODE_TYPE_NAMES.map((type) => `flows.node_${type}`),
    ...FLOW_FAULTS.map((code) => `flows.faults.${code}`),
    ...PERMISSIONS.map((permission) => `people.may.${permission}`),
  ]
  expect(wanted.filter((key) => messageOf(en, key) === undefined)).toEqual([])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PutTranslations } from './schema.ts'

const faultsOf = (texts: Record<string, string>) =>
  PutTranslations.safeParse({ texts }).error?.issues.map(({ message, path }) => [path.join('/'), message]) ?? []

test('own words that cannot be said are refused, with their key and the way out', () => {
  assert.deepEqual(faultsOf({ 'inbox.title': 'Post', 'inbox.count': '{count, plural, one {# Brief' }), [
    ['texts/inbox.count', 'Close every brace, and give each plural an {other}.'],
  ])
  assert.deepEqual(faultsOf({ 'inbox.count': '{count, plural, one {# Brief}}' }).length, 1)
  assert.deepEqual(faultsOf({ 'inbox.count': '{count, plural, one {# Brief} other {# Briefe}}' }), [])
})

test('a mail keeps its link', () => {
  assert.deepEqual(faultsOf({ 'mails.invitation.text': 'Come in.' }).length, 1)
})

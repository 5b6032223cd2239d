import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FALLBACK } from '#lib/i18n/load.ts'
import { messageOf } from '#lib/i18n/messages.ts'
import { eventName } from './event-name.ts'

const i18n = {
  t: (key: string) => messageOf(FALLBACK, key) ?? key,
  has: (key: string) => messageOf(FALLBACK, key) !== undefined,
} as unknown as Parameters<typeof eventName>[1]
const nameOf = (kind: string) => eventName(kind, i18n)

/** The fields that intake knows as news of an account, out of its own list: one that is added there needs words here. */
function accountFields(): string[] {
  const split = readFileSync(`${import.meta.dirname}/../../../../../infra/providers/whatsapp/split.ts`, 'utf8')
  const [, list = ''] = /ACCOUNT_FIELDS = new Set\(\[([^\]]+)\]/.exec(split) ?? []
  return [...list.matchAll(/'(\w+)'/g)].map(([, field]) => field!)
}

const NEW = nameOf('unknown')

test('whatever a provider tells has words, and no two things have the same', () => {
  const accounts = accountFields().map((field) => `account.${field}.${field}`)
  const templates = ['status', 'quality', 'components', 'category'].map((change) => `template.${change}.`)
  const others = ['call', 'echo', 'errors', 'group_message', 'preference']
  expect(accounts.length).toBeGreaterThan(15)
  const names = [...accounts, ...templates, ...others].map((kind) => [kind, nameOf(kind)] as const)
  expect(names.filter(([kind, name]) => name === NEW || name.includes('_') || name === kind)).toEqual([])
  expect(new Set(names.map(([, name]) => name)).size).toBe(names.length)
})

test('what became of it stands beside it where that is known', () => {
  expect(nameOf('account.phone_number_quality_update.downgrade')).toBe('Quality changed: Lowered')
  expect(nameOf('template.status.rejected')).toBe('A template was reviewed: Rejected')
  expect(nameOf('template.quality.red')).toBe('Quality of a template changed: Low')
  expect(nameOf('template.category.marketing')).toBe('Category of a template changed: Marketing')
  expect(nameOf('account.account_update.something_new')).toBe('Account changed')
  expect(nameOf('account.security.security')).toBe('Security setting changed')
})

test('what nobody knows yet is told as such', () => {
  expect(nameOf('account.of_tomorrow.begun')).toBe(NEW)
  expect(nameOf('something')).toBe(NEW)
})

import { expect, test } from 'vitest'
import { followed, formOf, inputOf, WebhookForm } from './form-values.ts'
import { percent } from './percent.ts'

const filled = { ...formOf(undefined), name: 'Desk', url: 'https://a.example.com', events: ['run.ended' as const] }

test('a form that is filled in as little as may be asks for the defaults', () => {
  expect(WebhookForm.safeParse(filled).success).toBe(true)
  expect(inputOf(filled)).toEqual({
    name: 'Desk',
    url: 'https://a.example.com',
    events: ['run.ended'],
    schedule: 'default',
    retryCount: 3,
    timeoutSeconds: 15,
    inFlightMax: 8,
    ordered: false,
    filter: null,
  })
})

test('a rule is checked while it is typed: JSON, known operators, or nothing at all', () => {
  const good = ['', '  ', '{"==":[{"var":"data.reason"},"resolved"]}', 'true']
  const bad = ['{', '{"shell":["rm"]}', '"resolved"', '[1]']
  expect(good.map((filter) => WebhookForm.safeParse({ ...filled, filter }).success)).toEqual(good.map(() => true))
  expect(bad.map((filter) => WebhookForm.safeParse({ ...filled, filter }).success)).toEqual(bad.map(() => false))
  expect(inputOf({ ...filled, filter: good[2]! }).filter).toEqual({ '==': [{ var: 'data.reason' }, 'resolved'] })
})

test('a certificate goes along only when one was typed in, so that saving keeps the one that is there', () => {
  expect(inputOf(filled)).not.toHaveProperty('clientTls')
  expect(inputOf({ ...filled, certificate: 'c', key: 'k' }).clientTls).toEqual({ certificate: 'c', key: 'k' })
})

test('what is typed stays when the subscription changes elsewhere, and the rest follows', () => {
  const before = { ...filled, retryCount: '3' }
  const now = { ...before, name: 'Desk of the night', retryCount: '1', events: ['run.started' as const] }
  const typed = { ...before, url: 'https://b.example.com', events: [] }
  expect(followed(typed, { before, now })).toEqual({ ...now, url: 'https://b.example.com', events: [] })
  expect(followed(before, { before, now })).toEqual(now)
})

test('only what is complete is a hundred per cent', () => {
  const plain = (value: number) => String(value)
  expect([null, 0, 0.5, 0.9996, 1].map((share) => percent(share, plain))).toEqual([
    '–',
    '0 %',
    '50 %',
    '99.9 %',
    '100 %',
  ])
})

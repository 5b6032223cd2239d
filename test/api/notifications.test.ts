import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NotificationSettings } from '#domain/notifications/preferences.ts'
import { notify } from '#infra/db/stores/notifications.ts'
import { furnish } from './furniture.ts'
import { openHouse } from './house.ts'

const house = await openHouse()

test('[INB-03] a person chooses how they are told; whoever reads a conversation has read what was told of it', async () => {
  const owner = await house.owner()
  const { tenantId, personId } = owner
  const { conversation } = await furnish(house, owner)
  const id = conversation!
  await house.deps.db.tenant({ tenantId, personId }, async (tx) => {
    const subject = { type: 'conversation', id } as const
    await notify(tx, { tenantId, personId, kind: 'conversation_waiting', subject })
    await notify(tx, { tenantId, personId, kind: 'run_failed', subject: { type: 'tenant', id: tenantId } })
  })
  const unread = async () => (await owner.json<{ count: number }>(200, 'GET', '/notifications/unread')).count
  const before = await unread()
  const settings = await owner.json<NotificationSettings>(200, 'PUT', '/notifications/settings', {
    ways: { run_failed: { app: false, mail: false, push: false } },
    quietHours: { from: '20:00', until: '08:00', timeZone: 'Africa/Nairobi' },
  })
  assert.equal(settings.ways.run_failed.app, false)
  assert.equal(settings.ways.conversation_waiting.push, true, 'what was not named stays as it was')
  assert.equal(await unread(), before - 1)
  await owner.json(200, 'POST', `/conversations/${id}/read`, {})
  assert.equal(await unread(), 0)
  const wrong = await owner.request('PUT', '/notifications/settings', {
    ways: {},
    quietHours: { from: '8', until: '9', timeZone: 'UTC' },
  })
  assert.equal(wrong.status, 422)
})

test('a browser of a person is kept once, and another person’s stays theirs', async () => {
  const owner = await house.owner()
  const browser = { endpoint: 'https://push.example.com/1', keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) } }
  for (const _ of [1, 2]) await owner.json(204, 'POST', '/notifications/push-subscriptions', browser)
  const refused = await owner.request('POST', '/notifications/push-subscriptions', { ...browser, endpoint: 'nothing' })
  assert.equal(refused.status, 422)
  const agent = await house.member(owner, 'agent')
  await agent.json(204, 'DELETE', '/notifications/push-subscriptions', { endpoint: browser.endpoint })
  await owner.json(204, 'DELETE', '/notifications/push-subscriptions', { endpoint: browser.endpoint })
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ChannelEvent } from '#domain/channels/schema.ts'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld } from '../stores/mailbox-world.ts'
import { type Office, openOffice } from '../support/office.ts'

let world: MailboxWorld
let office: Office
let tenant: MailboxTenant
let viewer: string
before(async () => {
  world = await openMailboxWorld()
  tenant = await world.tenant()
  office = await openOffice({ db: world.db, keyRing: new KeyRing([generateRootKey('test')]) }, tenant.tenantId)
  viewer = await office.member('viewer')
})
after(async () => {
  await office?.close()
  await world?.close()
})

type Page<T> = { items: T[] }

/** The provider tells something about the account, and the dispatcher takes it in. */
async function told(field: string, value: Record<string, unknown>): Promise<void> {
  await tenant.webhook(value, field)
  await tenant.intake()
}
const events = async () =>
  (await office.call<Page<ChannelEvent>>(viewer, 'GET', `/channels/${tenant.channelId}/events?limit=100`)).items
const parked = () => tenant.read((tx) => tx.rows(sql`select 1 from inbound_events where state <> 'done'`))

test('[CH-07] what a provider tells about an account is kept as it came, and shown with its number', async () => {
  const items: [string, Record<string, unknown>, RegExp][] = [
    ['account_update', { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'SCAM' } }, /account_violation/],
    ['account_review_update', { decision: 'APPROVED' }, /account_review_update/],
    [
      'phone_number_name_update',
      { display_phone_number: '15550001', decision: 'REJECTED' },
      /phone_number_name_update/,
    ],
    [
      'account_alerts',
      { entity_type: 'WABA', entity_id: '1', alert_info: { alert_severity: 'CRITICAL', alert_type: 'OBA_REJECTED' } },
      /account_alerts/,
    ],
    ['a_field_of_tomorrow', { something: { new: [1, null, 'x'] } }, /^unknown$/],
  ]
  for (const [field, value] of items) await told(field, value)
  assert.deepEqual(await parked(), [])
  const shown = await events()
  for (const [field, value, kind] of items) {
    const event = shown.find((one) => kind.test(one.kind))
    assert.ok(event, field)
    assert.partialDeepStrictEqual(event.payload, value, field)
    assert.equal(event.channelId, tenant.channelId)
  }
  assert.deepEqual(
    shown.map(({ id }) => id),
    shown
      .map(({ id }) => id)
      .toSorted()
      .reverse(),
    'the last first',
  )
})

test('a template that the provider rejects, approves or moves to another category is shown so at once', async () => {
  const template = { id: newId(), name: 'order_shipped', providerId: '1689556908129832' }
  await tenant.read((tx) =>
    tx.run(sql`
      insert into templates (id, tenant_id, channel_id, provider_id, name, language, category, status, components)
      values (${template.id}, ${tenant.tenantId}, ${tenant.channelId}, ${template.providerId}, ${template.name}, 'en_US',
        'utility', 'pending', '[]')`),
  )
  type Shown = { status: string; category: string; rejectedReason?: string | null }
  const shown = async () => (await office.call<Page<Shown & { name: string }>>(viewer, 'GET', '/templates')).items[0]!
  const about = {
    message_template_id: Number(template.providerId),
    message_template_name: template.name,
    message_template_language: 'en_US',
  }
  const status = (event: string, more: object = {}) =>
    told('message_template_status_update', { event, ...about, reason: 'NONE', ...more })
  await status('REJECTED', { reason: 'INVALID_FORMAT' })
  assert.equal((await shown()).status, 'rejected')
  await status('APPROVED')
  assert.equal((await shown()).status, 'approved')
  await status('PAUSED', { other_info: { title: 'FIRST_PAUSE' } })
  assert.equal((await shown()).status, 'paused')
  await told('template_category_update', { ...about, previous_category: 'UTILITY', new_category: 'MARKETING' })
  assert.equal((await shown()).category, 'marketing')
  assert.ok((await events()).some(({ kind }) => /^template\.status\.paused$/.test(kind)))
  assert.deepEqual(await parked(), [])
})

test('[CH-12] a new messaging limit is in force from its webhook on', async () => {
  await told('phone_number_quality_update', {
    display_phone_number: '15550001',
    event: 'UPGRADE',
    max_daily_conversations_per_business: 'TIER_10K',
  })
  const row = await tenant.read((tx) =>
    tx.row<{ limit: string }>(sql`select messaging_limit as limit from channels where id = ${tenant.channelId}`),
  )
  assert.equal(row!.limit, 'TIER_10K')
})

test('[CAMP-33] who stops offers at the provider has withdrawn consent, with the provider’s words as proof', async () => {
  await tenant.writes('254720500001', 'hi')
  await tenant.intake()
  const preference = (value: string, second: number) =>
    told('user_preferences', {
      user_preferences: [
        {
          wa_id: '254720500001',
          detail: `User requested to ${value} marketing messages`,
          category: 'marketing_messages',
          value,
          timestamp: 1_770_000_000 + second,
        },
      ],
    })
  const consent = () =>
    tenant.read((tx) =>
      tx.row<{ state: string; source: string }>(sql`select state, source from consents where category = 'marketing'`),
    )
  await preference('stop', 2)
  assert.deepEqual(await consent(), { state: 'withdrawn', source: 'provider' })
  await preference('resume', 1)
  assert.deepEqual(await consent(), { state: 'withdrawn', source: 'provider' }, 'an older word changes nothing')
  await preference('resume', 3)
  assert.deepEqual(await consent(), { state: 'granted', source: 'provider' })
  const events = await tenant.read((tx) =>
    tx.rows<{ state: string }>(
      sql`select data ->> 'state' as state from events where type = 'consent.changed' order by id`,
    ),
  )
  const states = events.map(({ state }) => state)
  assert.deepEqual(states, ['withdrawn', 'granted'], 'an older word is told to nobody')
})

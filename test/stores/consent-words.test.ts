import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { confirmationText } from '#domain/consents/confirmations.ts'
import type { ConsentChange, Suppression } from '#domain/consents/schema.ts'
import type { Contact } from '#domain/contacts/schema.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { numberEvents } from '#infra/db/stores/sequencer.ts'
import { sql } from '#infra/db/tx.ts'
import { createLogger } from '#infra/log.ts'
import { react } from '#worker/reactions.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type TestTenant } from '../support/product.ts'

const product = await openProduct()
after(() => product.close())
const { db } = product
const now = () => product.clock.ms
const deps = { db, definitions: createDefinitions(), log: createLogger({ name: 'test', level: 'silent' }), now }

async function reactToWords(): Promise<void> {
  while ((await db.relay(numberEvents)) > 0);
  while ((await react(deps, 'consent-words')) > 0);
}

async function says(tenant: TestTenant, contactId: string, ...messages: string[]): Promise<void> {
  for (const message of messages) await receive(product, tenant, { contactId, messages: [message] })
  await reactToWords()
}

const history = async (tenant: TestTenant, contactId: string) =>
  (await product.call<{ items: ConsentChange[] }>(as(tenant), 'GET', `/contacts/${contactId}/consent-history`)).body
    .items
const suppressions = async (tenant: TestTenant, contactId: string) =>
  (await product.call<{ items: Suppression[] }>(as(tenant), 'GET', `/suppressions?contactId=${contactId}`)).body.items
const consents = async (tenant: TestTenant, contactId: string) => {
  const { body } = await product.call<Contact>(as(tenant), 'GET', `/contacts/${contactId}`)
  return Object.fromEntries(body.consents.map(({ category, state }) => [category, state]))
}
const grantMarketing = (tenant: TestTenant, contactId: string) =>
  product.call(as(tenant, 'agent'), 'PUT', `/contacts/${contactId}/consents/marketing`, {
    ...{ state: 'granted', source: 'shop form', proof: { form: '118' } },
  })
const answers = (tenant: TestTenant, contactId: string) =>
  db.tenant(tenant.tenantId, async (tx) => {
    const rows = await tx.rows<{ text: string }>(sql`
      select content ->> 'text' as text from messages where contact_id = ${contactId} and direction = 'outbound' order by id`)
    return rows.map(({ text }) => text)
  })

test('[CAMP-33] STOP ends marketing and utility, with the message as proof, and is confirmed once', async () => {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant)
  await says(tenant, contactId, 'hello', 'STOP')
  const said = await history(tenant, contactId)
  assert.deepEqual(said.map(({ category, state, source }) => [category, state, source]).sort(), [
    ['marketing', 'withdrawn', 'contact_message'],
    ['utility', 'withdrawn', 'contact_message'],
  ])
  for (const change of said) {
    assert.deepEqual([change.evidence, change.actor], ['STOP', { kind: 'contact', id: contactId }])
    assert.ok(change.messageId !== null && change.conversationId !== null)
  }
  assert.deepEqual((await suppressions(tenant, contactId)).map(({ category, reason }) => [category, reason]).sort(), [
    ['marketing', 'opt_out_word'],
    ['utility', 'opt_out_word'],
  ])
  const confirmation = confirmationText('en', 'stopped', 'Test tenant')
  assert.deepEqual(await answers(tenant, contactId), [confirmation])
  await says(tenant, contactId, 'stop', 'Stop!')
  assert.deepEqual(await answers(tenant, contactId), [confirmation])
  assert.equal((await history(tenant, contactId)).length, 2)
})

test('[CAMP-33] the confirmation is in the language of the contact', async () => {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant)
  await product.call(as(tenant), 'PATCH', `/contacts/${contactId}`, { locale: 'ar' })
  await says(tenant, contactId, 'stop')
  assert.deepEqual(await answers(tenant, contactId), [confirmationText('ar', 'stopped', 'Test tenant')])
  const other = await makeContact(product, tenant)
  await says(tenant, other, 'बंद करो')
  assert.deepEqual(await answers(tenant, other), [confirmationText('hi', 'stopped', 'Test tenant')])
})

test('[CAMP-33] START gives back what STOP took, and grants nothing to who was never asked', async () => {
  const tenant = await product.tenant()
  const [asked, stranger] = [await makeContact(product, tenant), await makeContact(product, tenant)]
  await grantMarketing(tenant, asked)
  for (const contactId of [asked, stranger]) {
    await says(tenant, contactId, 'stop')
    await says(tenant, contactId, 'STOP')
    await says(tenant, contactId, 'start')
    assert.deepEqual(await suppressions(tenant, contactId), [])
    assert.equal((await answers(tenant, contactId)).length, 2)
  }
  assert.deepEqual(await consents(tenant, asked), { marketing: 'granted', utility: 'granted' })
  assert.deepEqual(await consents(tenant, stranger), { marketing: 'withdrawn', utility: 'granted' })
})

test('[CAMP-33] a bare START begins a chat and nothing else, and who asks to join is joined', async () => {
  const tenant = await product.tenant()
  const stranger = await makeContact(product, tenant)
  await says(tenant, stranger, 'start')
  assert.deepEqual([await history(tenant, stranger), await answers(tenant, stranger)], [[], []])
  await says(tenant, stranger, 'subscribe')
  const [granted] = await history(tenant, stranger)
  assert.deepEqual([granted?.category, granted?.state, granted?.evidence], ['marketing', 'granted', 'subscribe'])
})

test('[CAMP-33] STOP takes consent back also where a person had ended it before, and holds when their entry is lifted', async () => {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant)
  await grantMarketing(tenant, contactId)
  await product.call(as(tenant, 'agent'), 'POST', '/suppressions', { contactId, category: 'marketing' })
  await says(tenant, contactId, 'stop')
  assert.equal((await answers(tenant, contactId)).length, 1)
  const byHand = (await suppressions(tenant, contactId)).find(({ reason }) => reason === 'by_hand')
  assert.equal((await product.call(as(tenant), 'DELETE', `/suppressions/${byHand!.id}`)).status, 204)
  assert.deepEqual(await consents(tenant, contactId), { marketing: 'withdrawn', utility: 'withdrawn' })
  const [latest] = (await history(tenant, contactId)).filter(({ category }) => category === 'marketing')
  assert.deepEqual([latest?.state, latest?.evidence], ['withdrawn', 'stop'])
})

test('[CAMP-33] a word that is read twice, or late, changes nothing more; the later word decides', async () => {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant)
  await says(tenant, contactId, 'stop', 'start', 'stop', 'start')
  assert.deepEqual(await suppressions(tenant, contactId), [])
  const before = (await history(tenant, contactId)).length
  await db.relay((relay) => relay.run(sql`update event_cursors set position = 0 where name = 'consent-words'`))
  await reactToWords()
  assert.deepEqual([await suppressions(tenant, contactId), (await history(tenant, contactId)).length], [[], before])
})

test('[CAMP-33] what a person of the tenant ended does not begin again by a word, and a grant by hand lifts no opt-out', async () => {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant)
  const body = { contactId, category: null, note: 'asked on the phone' }
  assert.equal((await product.call(as(tenant, 'agent'), 'POST', '/suppressions', body)).status, 201)
  assert.equal((await product.call(as(tenant, 'agent'), 'POST', '/suppressions', body)).status, 201)
  await says(tenant, contactId, 'start')
  const [entry, ...others] = await suppressions(tenant, contactId)
  assert.deepEqual(
    [entry?.reason, entry?.note, entry?.actorName, others.length],
    ['by_hand', body.note, 'The agent', 0],
  )
  assert.equal((await product.call(as(tenant, 'agent'), 'DELETE', `/suppressions/${entry!.id}`)).status, 403)
  assert.equal((await product.call(as(tenant, 'supervisor'), 'DELETE', `/suppressions/${entry!.id}`)).status, 204)
  await says(tenant, contactId, 'stop')
  const grant = { state: 'granted', source: 'phone call', proof: { text: 'said yes on the phone' } }
  await product.call(as(tenant, 'agent'), 'PUT', `/contacts/${contactId}/consents/marketing`, grant)
  assert.equal((await suppressions(tenant, contactId)).length, 2, 'the opt-out stands')
  const [latest] = await history(tenant, contactId)
  assert.deepEqual(
    [latest?.state, latest?.evidence, latest?.actorName],
    ['granted', 'said yes on the phone', 'The agent'],
  )
})

test('[CAMP-33] the suppression list is walled off between tenants', async () => {
  const [tenant, other] = [await product.tenant(), await product.tenant()]
  const contactId = await makeContact(product, tenant)
  const body = { contactId, category: 'marketing' }
  assert.equal((await product.call(as(other), 'POST', '/suppressions', body)).status, 404)
  await product.call(as(tenant), 'POST', '/suppressions', body)
  const [entry] = await suppressions(tenant, contactId)
  assert.equal((await product.call(as(other), 'DELETE', `/suppressions/${entry!.id}`)).status, 404)
  assert.deepEqual((await product.call<{ items: unknown[] }>(as(other), 'GET', '/suppressions')).body.items, [])
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Contact } from '#domain/contacts/schema.ts'
import type { Page } from '#domain/paging.ts'
import { sql } from '#infra/db/tx.ts'
import { as, openProduct, type Product, type TestTenant } from '../support/product.ts'

let product: Product
let tenant: TestTenant
let other: TestTenant

before(async () => {
  product = await openProduct()
  tenant = await product.tenant()
  other = await product.tenant()
})
after(() => product.close())

type List = { items: { id: string; name: string }[]; nextCursor: string | null }
let phone = 254_700_000_000
const nextPhone = () => `+${++phone}`

const make = async (input: Record<string, unknown>, of: TestTenant = tenant) => {
  const answer = await product.call<Contact>(as(of), 'POST', '/contacts', { phone: nextPhone(), ...input })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}
const search = async (q: string, of: TestTenant = tenant) => {
  const answer = await product.call<List>(as(of), 'GET', `/contacts?q=${encodeURIComponent(q)}`)
  assert.equal(answer.status, 200)
  return answer.body.items.map((contact) => contact.name)
}

test('[CONT-01] [CONT-13] a contact keeps number, name, e-mail, birthday and custom fields', async () => {
  const field = { key: 'tier', label: 'Tier', type: 'choice', options: ['gold', 'silver'] }
  assert.equal((await product.call(as(tenant), 'POST', '/custom-fields', field)).status, 201)
  const made = await make({
    name: 'Wanjiku Kamau',
    email: 'w@example.com',
    birthday: '1990-05-17',
    fields: { tier: 'gold' },
  })
  const read = await product.call<Contact>(as(tenant, 'viewer'), 'GET', `/contacts/${made.id}`)
  assert.equal(read.body.birthday, '1990-05-17')
  assert.deepEqual(read.body.fields, { tier: 'gold' })
  assert.equal(read.body.identities.length, 1)
  assert.equal(`+${read.body.identities[0]!.externalId}`, read.body.phone)
})

test('[CONT-09] [CONT-11] a value that does not fit its field is refused with its place, and nothing is changed', async () => {
  const { id, version } = await make({ name: 'Otieno' })
  const refused = await product.call<{ code: string; errors: { path: string; code: string }[] }>(
    as(tenant),
    'PATCH',
    `/contacts/${id}`,
    { name: 'Changed', fields: { tier: 'bronze', ghost: 1 } },
  )
  assert.equal(refused.status, 422)
  assert.deepEqual(
    refused.body.errors.map(({ path, code }) => [path, code]),
    [
      ['/fields/tier', 'not_a_choice'],
      ['/fields/ghost', 'unknown_field'],
    ],
  )
  const read = await product.call<Contact>(as(tenant), 'GET', `/contacts/${id}`)
  assert.equal(read.body.name, 'Otieno')
  assert.equal(read.body.version, version)
})

test('[CONT-02] tags are put on and taken off, each once, with an event each', async () => {
  const { id } = await make({ name: 'Achieng' })
  const tag = await product.call<{ id: string }>(as(tenant), 'POST', '/tags', { name: 'VIP', color: 'amber' })
  for (const _ of [1, 2]) {
    const tagged = await product.call<Contact>(as(tenant, 'agent'), 'POST', `/contacts/${id}/tags/${tag.body.id}`)
    assert.deepEqual(
      tagged.body.tags.map(({ name }) => name),
      ['VIP'],
    )
  }
  const untagged = await product.call<Contact>(as(tenant), 'DELETE', `/contacts/${id}/tags/${tag.body.id}`)
  assert.deepEqual(untagged.body.tags, [])
  const events = await product.db.tenant(tenant.tenantId, (tx) =>
    tx.rows<{ type: string }>(sql`select type from events where subject_id = ${id} order by id`),
  )
  assert.deepEqual(
    events.map(({ type }) => type),
    ['contact.created', 'contact.tagged', 'contact.untagged'],
  )
})

test('[CAMP-33] consent is kept per category, with its source', async () => {
  const { id } = await make({ name: 'Njeri' })
  await product.call(as(tenant), 'PUT', `/contacts/${id}/consents/marketing`, { state: 'granted', source: 'shop form' })
  const taken = await product.call<Contact>(as(tenant), 'PUT', `/contacts/${id}/consents/marketing`, {
    state: 'withdrawn',
    source: 'STOP',
  })
  assert.partialDeepStrictEqual(taken.body.consents, [{ category: 'marketing', state: 'withdrawn', source: 'STOP' }])
})

test('[CAMP-33] [SEC-10] consent keeps its proof in the history, and the audit log, which outlives the contact, nothing of it', async () => {
  const { id } = await make({ name: 'Achieng' })
  const say = (proof: Record<string, string>) =>
    product.call<{ code: string; errors: unknown[] }>(as(tenant), 'PUT', `/contacts/${id}/consents/service`, {
      ...{ state: 'granted', source: 'form of Achieng', proof },
    })
  assert.equal((await say({ text: 'Yes, write to me.' })).status, 200)
  assert.equal((await say({ form: 'newsletter', words: 'Yes, send offers.' })).status, 200)
  assert.equal((await say({ form: 'newsletter', words: 'Yes, send offers.' })).status, 200)
  const page = async (path: string) => (await product.call<Page<unknown>>(as(tenant), 'GET', path)).body
  const tooMuch = await say({ first: 'x'.repeat(1_500), second: 'y'.repeat(1_500) })
  assert.equal(tooMuch.status, 422)
  assert.partialDeepStrictEqual(tooMuch.body.errors, [{ path: '/proof', code: 'too_big' }])
  const history = await product.call<{ items: { evidence: string | null }[] }>(
    as(tenant),
    'GET',
    `/contacts/${id}/consent-history`,
  )
  assert.deepEqual(
    history.body.items.map(({ evidence }) => evidence),
    ['form: newsletter\nwords: Yes, send offers.', 'Yes, write to me.'],
  )
  const first = await page(`/contacts/${id}/consent-history?limit=1`)
  const second = await page(`/contacts/${id}/consent-history?limit=1&cursor=${first.nextCursor}`)
  assert.deepEqual(
    [first, second].map(({ items }) => items),
    history.body.items.map((change) => [change]),
  )
  assert.equal(second.nextCursor, null)
  const lines = await product.db.tenant(tenant.tenantId, (tx) =>
    tx.rows<{ detail: unknown }>(
      sql`select detail from audit_log where subject_id = ${id} and action = 'contacts.consent'`,
    ),
  )
  const line = { detail: { category: 'service', state: 'granted' } }
  assert.deepEqual(lines, [line, line], 'one line for each word that was new')
})

test('a contact is found by any word of the name without accents, by parts of the number, in any script', async () => {
  await make({ name: 'José Ángel Muñoz', phone: '+5215512345678' })
  await make({ name: 'أحمد المصري', phone: '+201001112223' })
  await make({ name: 'Ñandú', phone: '+541144445555' })
  for (const q of ['jose', 'JOSÉ', 'munoz', 'ang', 'muñoz josé', '+52 1 55 1234', '5678', '55 1234 5678']) {
    assert.deepEqual(await search(q), ['José Ángel Muñoz'], q)
  }
  assert.deepEqual(await search('المص'), ['أحمد المصري'])
  assert.deepEqual(await search('%'), [])
  assert.deepEqual(await search('jose kamau'), [])
})

test('[S01] a contact of another tenant is not there: not by id, not by search, not for a change', async () => {
  const foreign = await make({ name: 'Foreigner' }, other)
  assert.deepEqual(await search('foreigner'), [])
  for (const [method, body] of [['GET'], ['PATCH', { name: 'x' }]] as const) {
    const answer = await product.call<{ code: string }>(as(tenant), method, `/contacts/${foreign.id}`, body)
    assert.equal(answer.status, 404)
    assert.equal(answer.body.code, 'not_found')
  }
})

test('a change against an older version is refused, and a number belongs to one contact', async () => {
  const first = await make({ name: 'First' })
  const change = { name: 'Second', version: first.version }
  assert.equal((await product.call(as(tenant), 'PATCH', `/contacts/${first.id}`, change)).status, 200)
  assert.equal((await product.call(as(tenant), 'PATCH', `/contacts/${first.id}`, change)).status, 409)
  const twin = await product.call<{ code: string }>(as(tenant), 'POST', '/contacts', { phone: first.phone })
  assert.equal(twin.status, 409)
})

test('pages follow each other without gap or repetition, and a viewer may not write', async () => {
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: { body: List } = await product.call<List>(
      as(tenant),
      'GET',
      `/contacts?limit=2${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    seen.push(...page.body.items.map(({ id }) => id))
    cursor = page.body.nextCursor
  } while (cursor !== null)
  assert.equal(new Set(seen).size, seen.length)
  assert.ok(seen.length >= 8)
  assert.deepEqual(seen, [...seen].sort().reverse())
  const refused = await product.call(as(tenant, 'viewer'), 'POST', '/contacts', { phone: nextPhone() })
  assert.equal(refused.status, 403)
})

test('[CONT-08] [CONT-12] fifty custom fields and more; a required one may not be taken away', async () => {
  for (let n = 0; n < 55; n += 1) {
    const field = { key: `field_${n}`, label: `Field ${n}`, type: 'text' }
    assert.equal((await product.call(as(other), 'POST', '/custom-fields', field)).status, 201)
  }
  const must = { key: 'must', label: 'Must', type: 'number', required: true }
  assert.equal((await product.call(as(other), 'POST', '/custom-fields', must)).status, 201)
  assert.equal((await product.call(as(other), 'POST', '/contacts', { phone: nextPhone() })).status, 422)
  const { id } = await make({ fields: { must: 1 } }, other)
  assert.equal((await product.call(as(other), 'PATCH', `/contacts/${id}`, { fields: { must: null } })).status, 422)
})

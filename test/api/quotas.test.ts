import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { QUOTAS, type Quota } from '#domain/quotas/plans.ts'
import { appendEvents } from '#infra/db/stores/events.ts'
import { applyContactCommands } from '#infra/db/stores/mailbox/contact-effects.ts'
import { assertQuota, usedOf } from '#infra/db/stores/quotas.ts'
import { numberEvents } from '#infra/db/stores/sequencer.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createFileStore } from '#infra/media/store.ts'
import { meterUsage } from '#worker/usage.ts'
import { furnish } from './furniture.ts'
import { type Browser, cookieOf, openHouse } from './house.ts'
import { setLimits } from './program.ts'

const house = await openHouse()
house.deps.media = createFileStore(mkdtempSync(join(tmpdir(), 'holdfast-quotas-')))
const { db } = house.deps

type Use = { quota: Quota; used: number; limit: number; resetsAt: string | null }
type Usage = { plan: { key: string; name: string }; quotas: Use[]; rates: { rate: string; limit: number }[] }
const useOf = async (owner: Browser, quota: Quota): Promise<Use> =>
  (await owner.json<Usage>(200, 'GET', '/usage')).quotas.find((use) => use.quota === quota)!

type Told = { items: { kind: string; params: Record<string, unknown> }[] }
const told = async (browser: Browser, quota: string) => {
  await house.background.settled()
  const { items } = await browser.json<Told>(200, 'GET', '/notifications')
  return items.filter(({ params }) => params['quota'] === quota).map(({ kind }) => kind)
}

async function upload(owner: Browser, bytes: number): Promise<Response> {
  const form = new FormData()
  form.append('file', new File([new Uint8Array(bytes)], 'x.png', { type: 'image/png' }))
  const encoded = new Response(form)
  return house.app.request('/api/v1/media', {
    method: 'POST',
    headers: {
      origin: 'http://holdfast.test',
      cookie: cookieOf(owner),
      'content-type': encoded.headers.get('content-type')!,
    },
    body: await encoded.arrayBuffer(),
  })
}

/** How each quota is added to through the API, by one. */
function adding(owner: Browser, ids: Record<string, string>): Partial<Record<Quota, () => Promise<Response>>> {
  const post = (path: string, body: unknown) => () => owner.request('POST', path, body)
  const roleId = ids['role']
  return {
    members: post('/invitations', { email: `guest-${newId()}@house.test`, roleId }),
    contacts: post('/contacts', { name: 'Zoe', phone: '+4915112340001' }),
    flows: post('/flows', { name: 'Another' }),
    customFields: post('/custom-fields', { key: 'height', label: 'Height', type: 'number' }),
    tags: post('/tags', { name: 'another', color: 'blue' }),
    roles: post('/roles', { key: 'another', name: 'Another', permissions: [] }),
    calendars: post('/calendars', { name: 'Another', timeZone: 'UTC', week: [] }),
    apiKeys: post('/api-keys', { name: 'Another', permissions: ['contacts.read'] }),
    storageBytes: () => upload(owner, 1),
  }
}

test('[BILL-02] [BILL-03] every verb that adds is refused at the limit by name and figure, and goes on once it is raised', async () => {
  const owner = await house.owner()
  const ids = await furnish(house, owner)
  for (const [quota, add] of Object.entries(adding(owner, ids))) {
    const { used } = await useOf(owner, quota as Quota)
    await setLimits(house, owner.tenantId, { [quota]: used })
    const refused = await add()
    const problem = (await refused.json()) as { code: string; errors: { params: Record<string, unknown> }[] }
    assert.deepEqual([quota, refused.status, problem.code], [quota, 403, 'quota_exceeded'])
    assert.deepEqual(problem.errors[0]!.params, { quota, limit: used, used })
    assert.equal((await useOf(owner, quota as Quota)).used, used, `${quota} was not added to`)
    await setLimits(house, owner.tenantId, { [quota]: used + 1 })
    const added = await add()
    assert.equal(added.status, 201, `${quota}: ${await added.text()}`)
    assert.equal((await useOf(owner, quota as Quota)).used, used + 1, quota)
  }
})

test('[BILL-02] a plan is a row: its figures hold for its tenants, and a change of plan holds at once', async () => {
  const [small, other] = [await house.owner(), await house.owner()]
  await house.admin(
    `insert into plans (key, name, limits) values ('small', 'Small', '{"tags": 1, "requestsPerMinute": 150}')`,
  )
  await house.admin(`update tenants set plan = 'small' where id = $1`, [small.tenantId])
  const usage = await small.json<Usage>(200, 'GET', '/usage')
  assert.deepEqual(usage.plan, { key: 'small', name: 'Small' })
  assert.equal(usage.rates.find(({ rate }) => rate === 'requestsPerMinute')!.limit, 150)
  assert.deepEqual(
    usage.quotas.map(({ quota }) => quota),
    [...QUOTAS],
  )
  const add = (browser: Browser, name: string) => browser.request('POST', '/tags', { name, color: 'blue' })
  assert.equal((await add(small, 'one')).status, 201)
  assert.equal((await add(small, 'two')).status, 403)
  assert.equal((await add(other, 'one')).status, 201)
  assert.equal((await add(other, 'two')).status, 201)
  await house.admin(`update tenants set plan = 'default' where id = $1`, [small.tenantId])
  assert.equal((await add(small, 'two')).status, 201)
  await assert.rejects(house.admin(`update tenants set plan = 'no such plan' where id = $1`, [small.tenantId]))
})

test('[BILL-02] twenty who add at once take exactly what is left', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { tags: 5 })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => owner.request('POST', '/tags', { name: `tag ${index}`, color: 'blue' })),
  )
  assert.equal(answers.filter(({ status }) => status === 201).length, 5)
  assert.equal(answers.filter(({ status }) => status === 403).length, 15)
})

test('[BILL-03] owners and administrators are told at 80 and at 100 percent, once each, and nobody else is', async () => {
  const owner = await house.owner()
  const [admin, supervisor] = [await house.member(owner, 'admin'), await house.member(owner, 'supervisor')]
  await setLimits(house, owner.tenantId, { tags: 5 })
  const add = (name: string) => owner.request('POST', '/tags', { name, color: 'blue' })
  for (const name of ['one', 'two', 'three']) await add(name)
  assert.deepEqual(await told(owner, 'tags'), [])
  await add('four')
  assert.deepEqual(await told(owner, 'tags'), ['quota_nearly_used'])
  await add('five')
  const both = ['quota_used', 'quota_nearly_used']
  assert.deepEqual(await told(owner, 'tags'), both)
  for (const name of ['six', 'seven']) assert.equal((await add(name)).status, 403)
  assert.deepEqual(await told(owner, 'tags'), both)
  assert.deepEqual(await told(admin, 'tags'), both)
  assert.deepEqual(await told(supervisor, 'tags'), [])
  // A new month is a new warning.
  await house.admin(`update quota_warnings set month = month - interval '1 month' where tenant_id = $1`, [
    owner.tenantId,
  ])
  await add('six')
  assert.equal((await told(owner, 'tags')).length, 3)
})

test('[BILL-03] a limit that is raised within the month warns anew when it is nearly and when it is wholly used', async () => {
  const owner = await house.owner()
  const add = (name: string) => owner.request('POST', '/tags', { name, color: 'blue' })
  await setLimits(house, owner.tenantId, { tags: 1 })
  await add('one')
  assert.deepEqual(await told(owner, 'tags'), ['quota_used'])
  await setLimits(house, owner.tenantId, { tags: 5 })
  for (const name of ['two', 'three']) await add(name)
  assert.deepEqual(await told(owner, 'tags'), ['quota_used'])
  for (const name of ['four', 'five', 'six']) await add(name)
  assert.deepEqual(await told(owner, 'tags'), ['quota_used', 'quota_nearly_used', 'quota_used'])
})

test('[BILL-03] a plan that is cut below its use says so at the first refusal', async () => {
  const owner = await house.owner()
  for (const name of ['one', 'two']) await owner.json(201, 'POST', '/tags', { name, color: 'blue' })
  await setLimits(house, owner.tenantId, { tags: 1 })
  assert.equal((await owner.request('POST', '/tags', { name: 'three', color: 'blue' })).status, 403)
  assert.deepEqual(await told(owner, 'tags'), ['quota_used'])
})

test('[BILL-02] [CH-29] an upload beyond the storage is refused, and its bytes are not kept', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { storageBytes: 1_000 })
  assert.equal((await upload(owner, 900)).status, 201)
  const refused = await upload(owner, 200)
  assert.equal(refused.status, 403)
  assert.deepEqual(await useOf(owner, 'storageBytes'), {
    quota: 'storageBytes',
    used: 900,
    limit: 1_000,
    resetsAt: null,
  })
  assert.equal((await upload(owner, 100)).status, 201)
})

test('[BILL-02] messages of a month are counted from their events, once however often these are read', async () => {
  const owner = await house.owner()
  const { tenantId } = owner
  const ids = await furnish(house, owner)
  const write = (count: number) =>
    db.tenant(tenantId, (tx) =>
      appendEvents(
        tx,
        Array.from({ length: count }, () => ({
          tenantId,
          type: 'message.queued' as const,
          actor: { kind: 'system' as const },
          subject: { type: 'message' as const, id: newId() },
        })),
      ),
    )
  const meter = async () => {
    while ((await db.relay(numberEvents)) > 0);
    while ((await meterUsage({ db, now: Date.now })) > 0);
  }
  await setLimits(house, tenantId, { messages: 10 })
  await write(7)
  await meter()
  assert.equal((await useOf(owner, 'messages')).used, 7)
  // A dispatcher that dies before its cursor has moved reads the same page again.
  await house.admin(`update event_cursors set position = 0 where name = 'usage'`)
  await meter()
  assert.equal((await useOf(owner, 'messages')).used, 7)
  await write(1)
  await meter()
  assert.deepEqual(await told(owner, 'messages'), ['quota_nearly_used'])
  await write(2)
  await meter()
  assert.deepEqual(await told(owner, 'messages'), ['quota_used', 'quota_nearly_used'])
  const reply = { content: { kind: 'text', text: 'Hello' }, clientId: newId() }
  const refused = await owner.request('POST', `/conversations/${ids['conversation']}/messages`, reply)
  assert.equal(((await refused.json()) as { code: string }).code, 'quota_exceeded')
  const use = await useOf(owner, 'messages')
  assert.equal(use.used, 10)
  assert.match(use.resetsAt ?? '', /^\d{4}-\d\d-01T00:00:00\.000Z$/)
  // Last month's uses are no uses of this one.
  await house.admin(`update usage_counters set month = month - interval '1 month' where tenant_id = $1`, [tenantId])
  assert.equal((await useOf(owner, 'messages')).used, 0)
})

test('[BILL-03] contacts that come in by themselves are never refused, and whoever runs the tenant is told all the same', async () => {
  const owner = await house.owner()
  const { tenantId } = owner
  await setLimits(house, tenantId, { contacts: 2 })
  await db.tenant(tenantId, async (tx) => {
    for (const name of ['Ada', 'Ben', 'Cid']) {
      const id = newId()
      await tx.run(sql`insert into contacts (id, tenant_id, name) values (${id}, ${tenantId}, ${name})`)
      const event = {
        tenantId,
        type: 'contact.created',
        actor: { kind: 'system' },
        subject: { type: 'contact', id },
      } as const
      appendEvents(tx, [event])
    }
  })
  while ((await db.relay(numberEvents)) > 0);
  while ((await meterUsage({ db, now: Date.now })) > 0);
  assert.deepEqual(await told(owner, 'contacts'), ['quota_used'])
  assert.equal((await useOf(owner, 'contacts')).used, 3)
})

test('[BILL-02] a campaign is counted with its verb, and not when that is undone', async () => {
  const owner = await house.owner()
  const { tenantId } = owner
  await setLimits(house, tenantId, { campaigns: 2 })
  const launch = () => db.tenant(tenantId, (tx) => assertQuota(tx, tenantId, 'campaigns'))
  await launch()
  await assert.rejects(
    db.tenant(tenantId, async (tx) => {
      await assertQuota(tx, tenantId, 'campaigns')
      throw new Error('something else failed')
    }),
    /something else/,
  )
  assert.equal(await db.tenant(tenantId, (tx) => usedOf(tx, 'campaigns')), 1)
  await launch()
  await assert.rejects(launch(), { code: 'quota_exceeded' })
})

test('[BILL-02] a flow puts on tags that there are, and makes none beyond the plan', async () => {
  const owner = await house.owner()
  const { tenantId } = owner
  await owner.json(201, 'POST', '/tags', { name: 'Known', color: 'blue' })
  const contact = { name: 'Ada', phone: '+4915112340009' }
  const { id: contactId } = await owner.json<{ id: string }>(201, 'POST', '/contacts', contact)
  const put = async (...names: string[]) => {
    const commands = names.map((tag) => ({ kind: 'addTag', key: tag, nodeId: 'tag', tag }) as const)
    await db.tenant(tenantId, (tx) =>
      applyContactCommands(tx, { tenantId, contactId, actor: { kind: 'system' }, commands }),
    )
    const rows = await house.admin<{ name: string }>(
      `select t.name from contact_tags c join tags t on t.id = c.tag_id where c.contact_id = $1 order by 1`,
      [contactId],
    )
    return rows.map(({ name }) => name)
  }
  await setLimits(house, tenantId, { tags: 1 })
  assert.deepEqual(await put('New', 'known'), ['Known'])
  assert.equal((await useOf(owner, 'tags')).used, 1)
  await setLimits(house, tenantId, { tags: 2 })
  assert.deepEqual(await put('New'), ['Known', 'New'])
})

test('[BILL-02] only who may change the settings sees what is used', async () => {
  const owner = await house.owner()
  const agent = await house.member(owner, 'agent')
  assert.equal((await agent.request('GET', '/usage')).status, 403)
})

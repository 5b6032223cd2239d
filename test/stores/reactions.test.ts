import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { EventType } from '#domain/events/schema.ts'
import type { FlowDefinition } from '#domain/flows/schema.ts'
import { addTag, changeContact } from '#infra/db/stores/contacts.ts'
import { appendEvents } from '#infra/db/stores/events.ts'
import { claimFirings, type FiringPage, nextPage, settlePage } from '#infra/db/stores/flow-firings.ts'
import { comeDue, syncFlowSchedules } from '#infra/db/stores/flow-schedules.ts'
import { createFlow, publishFlow, setFlowEnabled } from '#infra/db/stores/flows.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { startForTime } from '#infra/db/stores/mailbox/triggers.ts'
import { passOthers } from '#infra/db/stores/reactions.ts'
import { numberEvents } from '#infra/db/stores/sequencer.ts'
import { sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createLogger } from '#infra/log.ts'
import { READERS, react } from '#worker/reactions.ts'
import { flow } from '../support/flows.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type TestTenant } from '../support/product.ts'

const product = await openProduct()
after(() => product.close())
const { db } = product
const definitions = createDefinitions()
const deps = { db, definitions, log: createLogger({ name: 'test', level: 'silent' }), now: Date.now }

const acting = (tenant: TestTenant) => ({ tenantId: tenant.tenantId, actor: { kind: 'system' } as const })
const read = <T>(tenant: TestTenant, work: (tx: Tx) => Promise<T>): Promise<T> => db.tenant(tenant.tenantId, work)
const sayOn = (...triggers: Record<string, unknown>[]) =>
  flow({ start: { type: 'start' }, say: { type: 'send_text', config: { text: 'hi' } } }, ['start.next > say'], triggers)

const publish = (tenant: TestTenant, definition: FlowDefinition): Promise<string> =>
  read(tenant, async (tx) => {
    const id = await createFlow(tx, acting(tenant), { name: 'Flow', description: '', priority: 100, draft: definition })
    await publishFlow(tx, acting(tenant), { id, version: 1, definition, note: '', enable: true })
    return id
  })

/** Numbers what has happened and lets every reader come to the end. */
async function reactToAll(): Promise<void> {
  while ((await db.relay(numberEvents)) > 0);
  for (const reader of READERS) while ((await react(deps, reader)) > 0);
}

async function talkingContact(tenant: TestTenant, name: string): Promise<string> {
  const contactId = await makeContact(product, tenant, name)
  await receive(product, tenant, { contactId, messages: ['hello'] })
  return contactId
}

const countRuns = async (tenant: TestTenant, flowId: string): Promise<number> => {
  const row = await read(tenant, (tx) =>
    tx.row<{ count: number }>(sql`select count(*) from runs where flow_id = ${flowId}`),
  )
  return row!.count
}
type Schedule = { trigger_index: number; next_at: Date }
const schedules = (tenant: TestTenant, flowId: string) =>
  read(tenant, (tx) =>
    tx.rows<Schedule>(sql`
      select trigger_index, next_at from flow_schedules where flow_id = ${flowId} order by trigger_index`),
  )

test('an event that our own code refuses waits apart and in the end is dead; its neighbours go on', async () => {
  const [tenant, other] = [await product.tenant(), await product.tenant()]
  const bad = await publish(tenant, sayOn({ kind: 'time', timeZone: 'UTC', times: ['09:00'] }))
  const definition = { ...sayOn(), triggers: [{ kind: 'time', timeZone: 'Nowhere/City', times: ['09:00'], days: [] }] }
  const badVersion = newId()
  await read(tenant, async (tx) => {
    await tx.run(sql`
      insert into flow_versions (id, tenant_id, flow_id, number, definition)
      values (${badVersion}, ${tenant.tenantId}, ${bad}, 2, ${JSON.stringify(definition)})`)
    await tx.run(sql`update flows set published_version_id = ${badVersion} where id = ${bad}`)
  })
  const good = await publish(other, sayOn({ kind: 'time', timeZone: 'UTC', times: ['09:00'] }))
  await reactToAll()
  assert.equal((await schedules(other, good)).length, 1)
  const aside = () =>
    read(tenant, (tx) =>
      tx.rows<{ state: string; attempts: number }>(sql`
        select state, attempts from event_retries where reader = 'flow-schedules' order by event_id`),
    )
  assert.deepEqual(await aside(), [
    { state: 'waiting', attempts: 1 },
    { state: 'waiting', attempts: 1 },
  ])
  for (let attempt = 2; attempt <= 10; attempt += 1) {
    await read(tenant, (tx) => tx.run(sql`update event_retries set retry_at = now()`))
    await reactToAll()
  }
  assert.deepEqual(await aside(), [
    { state: 'dead', attempts: 8 },
    { state: 'dead', attempts: 8 },
  ])
})

test('what failed for a while is made up for, and then forgotten', async () => {
  const tenant = await product.tenant()
  const flowId = await publish(tenant, sayOn({ kind: 'contact_tagged', tag: 'vip' }))
  const contactId = await talkingContact(tenant, 'Ana')
  await reactToAll()
  await read(tenant, async (tx) => {
    const tagId = newId()
    await tx.run(sql`insert into tags (id, tenant_id, name) values (${tagId}, ${tenant.tenantId}, 'vip')`)
    await addTag(tx, acting(tenant), contactId, tagId)
  })
  while ((await db.relay(numberEvents)) > 0);
  const broken = { ...deps, definitions: { of: () => Promise.reject(new Error('away for a moment')) } }
  for (const reader of READERS) await react(broken, reader)
  assert.equal(await countRuns(tenant, flowId), 0)
  await read(tenant, (tx) => tx.run(sql`update event_retries set retry_at = now()`))
  await reactToAll()
  assert.equal(await countRuns(tenant, flowId), 1)
  assert.deepEqual(await read(tenant, (tx) => tx.rows(sql`select 1 from event_retries`)), [])
})

test('changes that no flow waits for leave nothing behind', async () => {
  const tenant = await product.tenant()
  const contactId = await talkingContact(tenant, 'Ana')
  await read(tenant, (tx) => changeContact(tx, acting(tenant), { id: contactId, change: { name: 'Bea' } }))
  assert.equal((await read(tenant, (tx) => tx.rows(sql`select 1 from contact_changes`))).length, 1)
  await reactToAll()
  assert.deepEqual(await read(tenant, (tx) => tx.rows(sql`select 1 from contact_changes`)), [])
})

test('[FLOW-08] a change over the API starts its flow, and one that changes nothing does not', async () => {
  const tenant = await product.tenant()
  const flowId = await publish(tenant, sayOn({ kind: 'contact_field_changed', field: 'name' }))
  const contactId = await talkingContact(tenant, 'Ana')
  for (const name of ['Bea', 'Bea', 'Bea']) {
    assert.equal((await product.call(as(tenant), 'PATCH', `/contacts/${contactId}`, { name })).status, 200)
    await reactToAll()
  }
  assert.equal(await countRuns(tenant, flowId), 1)
})

test('[FLOW-13] an archived flow starts for nobody', async () => {
  const tenant = await product.tenant()
  const flowId = await publish(
    tenant,
    sayOn({ kind: 'contact_field_changed', field: 'name' }, { kind: 'time', timeZone: 'UTC', times: ['09:00'] }),
  )
  const contactId = await talkingContact(tenant, 'Ana')
  await reactToAll()
  assert.deepEqual(
    (await schedules(tenant, flowId)).map(({ trigger_index: index }) => index),
    [1],
  )
  assert.equal((await product.call(as(tenant), 'DELETE', `/flows/${flowId}`)).status, 204)
  await product.call(as(tenant), 'PATCH', `/contacts/${contactId}`, { name: 'Bea' })
  await reactToAll()
  assert.deepEqual(await schedules(tenant, flowId), [])
  assert.equal(await countRuns(tenant, flowId), 0)
})

const sunday = { kind: 'time', timeZone: 'Europe/Berlin', days: [6], times: ['02:30'] }
const at = (text: string) => Date.parse(text)

test('[FLOW-11] [G23] half past two on a Sunday comes once on the day that has none and once on the day that has two', async () => {
  const tenant = await product.tenant()
  const flowId = await publish(tenant, sayOn(sunday))
  const place = { tenantId: tenant.tenantId, flowId, definitions }
  const firesAt = async (afterMs: number) => {
    await read(tenant, async (tx) => {
      await tx.run(sql`delete from flow_schedules`)
      await syncFlowSchedules(tx, { ...place, afterMs })
    })
    const [{ next_at: nextAt }] = (await schedules(tenant, flowId)) as [Schedule]
    const due = await read(tenant, (tx) => comeDue(tx, { ...place, triggerIndex: 0, nowMs: nextAt.getTime() + 2_000 }))
    const [after] = await schedules(tenant, flowId)
    return [...due.firedMs.map((ms) => new Date(ms)), after!.next_at].map((instant) => instant.toISOString())
  }
  const spring = await firesAt(at('2026-03-27T00:00:00Z'))
  assert.deepEqual(spring, ['2026-03-29T01:00:00.000Z', '2026-04-05T00:30:00.000Z'])
  const autumn = await firesAt(at('2026-10-20T00:00:00Z'))
  assert.deepEqual(autumn, ['2026-10-25T00:30:00.000Z', '2026-11-01T01:30:00.000Z'])
})

test('[R32] a late clock makes up for one hour, instant by instant, and skips what lies before', async () => {
  const tenant = await product.tenant()
  const flowId = await publish(tenant, sayOn({ kind: 'time', timeZone: 'UTC', times: ['08:00', '09:15', '09:45'] }))
  const place = { tenantId: tenant.tenantId, flowId, triggerIndex: 0, definitions }
  await read(tenant, (tx) => syncFlowSchedules(tx, { ...place, afterMs: at('2026-05-01T07:00:00Z') }))
  const nowMs = at('2026-05-01T10:00:00Z')
  const due = await read(tenant, (tx) => comeDue(tx, { ...place, nowMs }))
  assert.deepEqual(due, {
    skippedMs: at('2026-05-01T08:00:00Z'),
    firedMs: [at('2026-05-01T09:15:00Z'), at('2026-05-01T09:45:00Z')],
  })
  assert.deepEqual(await read(tenant, (tx) => comeDue(tx, { ...place, nowMs })), { firedMs: [] })
  const rows = await read(tenant, (tx) =>
    tx.rows<{ state: string }>(sql`select state from flow_firings order by fire_at`),
  )
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['skipped', 'running', 'running'],
  )
})

test('a trigger that stays as it was keeps its next instant when the flow is published again', async () => {
  const tenant = await product.tenant()
  const flowId = await publish(tenant, sayOn({ kind: 'time', timeZone: 'UTC', times: ['09:00'] }))
  await reactToAll()
  const early = new Date('2026-01-01T09:00:00Z')
  await read(tenant, (tx) => tx.run(sql`update flow_schedules set next_at = ${early}`))
  const again = sayOn({ kind: 'time', timeZone: 'UTC', times: ['09:00'] }, { kind: 'any_message' })
  await read(tenant, (tx) =>
    publishFlow(tx, acting(tenant), { id: flowId, version: 2, definition: again, note: '', enable: true }),
  )
  await reactToAll()
  assert.deepEqual(await schedules(tenant, flowId), [{ trigger_index: 0, next_at: early }])
})

test('[FLOW-11] pages go on where a dispatcher was lost, nobody is started twice or left out, and being switched off ends them', async () => {
  const tenant = await product.tenant()
  const { tenantId } = tenant
  const flowId = await publish(tenant, sayOn({ kind: 'time', timeZone: 'UTC', times: ['09:00'] }))
  const contacts = await Promise.all(['A', 'B', 'C', 'D', 'E'].map((name) => talkingContact(tenant, name)))
  await makeContact(product, tenant, 'Silent')
  const [fireAt, later] = [new Date('2026-05-01T09:00:00Z'), new Date('2026-05-02T09:00:00Z')]
  const place = { tenantId, flowId, triggerIndex: 0, definitions }
  await read(tenant, (tx) => syncFlowSchedules(tx, { ...place, afterMs: fireAt.getTime() - 1 }))
  await read(tenant, (tx) => comeDue(tx, { ...place, nowMs: fireAt.getTime() }))

  const claim = async (leaseMs: number) => {
    const token = newId()
    const claimed = await db.relay((tx) => claimFirings(tx, { token, leaseMs, limit: 10 }))
    return claimed.filter((firing) => firing.flowId === flowId).map((firing) => ({ ...firing, token }))
  }
  const page = (firing: { tenantId: string; flowId: string; fireAt: Date; token: string }) =>
    read(tenant, (tx) => nextPage(tx, { ...firing, definitions, nowMs: fireAt.getTime(), limit: 2 }))
  const startAll = async ({ flow: started, starts }: FiringPage) => {
    for (const start of starts) {
      await read(tenant, (tx) => startForTime(tx, { tenantId, ...start, flow: started, atMs: fireAt.getTime() }))
    }
    return starts.length
  }

  const [lost] = await claim(0)
  await startAll((await page(lost!))!)
  let pages = 0
  for (let [firing] = await claim(60_000); firing !== undefined; [firing] = await claim(60_000)) {
    const found = (await page(firing))!
    assert.deepEqual(await claim(60_000), [], 'nobody else has it meanwhile')
    const started = await startAll(found)
    await read(tenant, (tx) => settlePage(tx, firing!, { ...found, started, failed: 0 }))
    pages += 1
  }
  assert.equal(pages, 3)
  assert.equal(await countRuns(tenant, flowId), contacts.length)
  assert.equal(await page(lost!), undefined)
  const [row] = await read(tenant, (tx) => tx.rows(sql`select state, considered, started from flow_firings`))
  assert.deepEqual(row, { state: 'done', considered: 5, started: 5 })

  await read(tenant, (tx) => comeDue(tx, { ...place, nowMs: later.getTime() }))
  const [next] = await claim(60_000)
  await read(tenant, (tx) => setFlowEnabled(tx, acting(tenant), { id: flowId, enabled: false }))
  assert.equal(await page(next!), undefined)
  const states = await read(tenant, (tx) => tx.rows(sql`select state from flow_firings order by fire_at`))
  assert.deepEqual(states, [{ state: 'done' }, { state: 'stopped' }])
})

test('a reader passes what is none of its own, page by page, and never what is', async () => {
  const tenant = await product.tenant()
  await reactToAll()
  const types = new Set(['contact.created'])
  const pass = () => db.relayOnce((relay) => passOthers(relay, { reader: 'erased-contacts', types, limit: 2 }))
  const behind = async () => {
    const row = await db.relay((relay) =>
      relay.row<{ count: number }>(sql`
        select count(*) from events e join event_cursors c on c.name = 'erased-contacts' and e.position > c.position`),
    )
    return row!.count
  }
  const happens = (...kinds: EventType[]) =>
    read(tenant, async (tx) => {
      const { tenantId } = tenant
      const subject = { type: 'contact', id: newId() } as const
      appendEvents(
        tx,
        kinds.map((type) => ({ tenantId, type, actor: { kind: 'system' }, subject })),
      )
    })

  await happens('contact.changed', 'contact.changed', 'contact.changed')
  await happens('contact.created')
  await db.relay(numberEvents)
  assert.deepEqual(await pass(), { news: false, more: true })
  assert.equal(await behind(), 2)
  assert.deepEqual(await pass(), { news: true, more: true })
  assert.equal(await behind(), 2, 'its own is not passed, nor what stands before it on the page')
})

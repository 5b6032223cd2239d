import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { setFlowEnabled } from '#infra/db/stores/flows.ts'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { flow } from '../support/flows.ts'
import {
  acting,
  changed,
  contactOf,
  publish,
  reactionsDone,
  runs,
  runsOf,
  sayOn,
  says,
  tagged,
  textsTo,
} from '../support/triggers.ts'

let engine: Engine
let admin: pg.Pool
before(async () => {
  engine = await startEngine()
  admin = new pg.Pool({ connectionString: engine.database.adminUrl, max: 2 })
  admin.on('error', () => undefined)
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await admin?.end()
  await engine?.stop()
})

test('[FLOW-08] [FLOW-10] [PERF-09] a tag that a person puts on starts its flow within two seconds, once', async () => {
  const tenant = await engine.tenant()
  const flowId = await publish(tenant, sayOn([{ kind: 'contact_tagged', tag: 'VIP' }], 'welcome to the club'))
  const contactId = await contactOf(engine, tenant, '254700000101')
  await reactionsDone(admin)
  await tagged(tenant, contactId, 'VIP')
  await runs(tenant, flowId, 1)
  const [times] = await tenant.read((tx) =>
    tx.rows<{ ms: number }>(sql`
      select extract(epoch from r.started_at - e.at) * 1000 as ms from runs r, events e
      where r.flow_id = ${flowId} and e.type = 'contact.tagged' and e.subject_id = ${contactId}`),
  )
  assert.ok(Number(times!.ms) < 2_000, `${times!.ms} ms`)
  await eventually('the message', async () => (await textsTo(engine, tenant)).includes('welcome to the club'))
  await tagged(tenant, contactId, 'other')
  await reactionsDone(admin)
  assert.equal((await runsOf(tenant, flowId)).length, 1)
})

test('[FLOW-08] what a flow sets starts the flow that waits for it, which knows what it was and became', async () => {
  const tenant = await engine.tenant()
  const setter = flow(
    {
      start: { type: 'start' },
      set: { type: 'set_contact_field', config: { field: 'city', value: { kind: 'literal', value: 'Kisumu' } } },
    },
    ['start.next > set'],
    [{ kind: 'contact_tagged', tag: 'move' }],
  )
  const listener = sayOn(
    [{ kind: 'contact_field_changed', field: 'city' }],
    'from {{trigger.data.from}} to {{trigger.data.to}}',
  )
  const [first, second] = [await publish(tenant, setter), await publish(tenant, listener)]
  const contactId = await contactOf(engine, tenant, '254700000102')
  await tenant.read((tx) => tx.run(sql`update contacts set fields = '{"city":"Nairobi"}' where id = ${contactId}`))
  await tagged(tenant, contactId, 'move')
  const [run] = await runs(tenant, second, 1)
  assert.deepEqual(run!.cause['chain'], [first])
  await eventually('the message', async () => (await textsTo(engine, tenant)).includes('from Nairobi to Kisumu'))
  const left = await tenant.read((tx) => tx.rows(sql`select 1 from contact_changes`))
  assert.deepEqual(left, [])
})

test('[FLOW-08] a page of events that is read twice starts nothing twice', async () => {
  const tenant = await engine.tenant()
  const flowId = await publish(tenant, sayOn([{ kind: 'contact_field_changed', field: 'name' }]))
  const byTag = await publish(tenant, sayOn([{ kind: 'contact_tagged', tag: 'again' }]))
  const contactId = await contactOf(engine, tenant, '254700000103')
  await changed(tenant, contactId, 'Wanjiru')
  await tagged(tenant, contactId, 'again')
  await runs(tenant, flowId, 1)
  await runs(tenant, byTag, 1)
  await reactionsDone(admin)
  await admin.query(`update event_cursors set position = 0 where name = 'contact-triggers'`)
  await reactionsDone(admin)
  assert.equal((await runsOf(tenant, flowId)).length, 1)
  assert.equal((await runsOf(tenant, byTag)).length, 1)
})

test('a flow that makes the change that starts it comes to an end, and the audit log says why', async () => {
  const tenant = await engine.tenant()
  const counting = { kind: 'logic', rule: { '+': [{ var: 'contact.fields.n' }, 1] } }
  const loop = flow(
    { start: { type: 'start' }, set: { type: 'set_contact_field', config: { field: 'n', value: counting } } },
    ['start.next > set'],
    [
      { kind: 'contact_field_changed', field: 'n' },
      { kind: 'contact_tagged', tag: 'go' },
    ],
  )
  const flowId = await publish(tenant, loop)
  const contactId = await contactOf(engine, tenant, '254700000104')
  await tenant.read((tx) => tx.run(sql`update contacts set fields = '{"n":0}' where id = ${contactId}`))
  await tagged(tenant, contactId, 'go')
  const refusal = await eventually('a refusal', () =>
    tenant.read((tx) =>
      tx.row<{ detail: object }>(sql`
        select detail from audit_log where action = 'flows.start_refused' and subject_id = ${flowId}`),
    ),
  )
  assert.deepEqual(refusal.detail, { contactId, reason: 'chain_too_long' })
  assert.equal((await runsOf(tenant, flowId)).length, 5)
})

test('changes of one contact start at most twenty flows an hour; the refusal is on record once', async () => {
  const tenant = await engine.tenant()
  const flowId = await publish(tenant, sayOn([{ kind: 'contact_field_changed', field: 'name' }]))
  const contactId = await contactOf(engine, tenant, '254700000105')
  for (let n = 0; n < 24; n += 1) await changed(tenant, contactId, `Name ${n}`)
  await reactionsDone(admin)
  assert.equal((await runsOf(tenant, flowId)).length, 20)
  const refusals = await tenant.read((tx) =>
    tx.rows<{ detail: object }>(sql`select detail from audit_log where action = 'flows.start_refused'`),
  )
  assert.deepEqual(refusals, [{ detail: { contactId, reason: 'too_many_starts' } }])
})

test('[FLOW-13] a flow that is switched off starts for nobody, and who is inside goes on', async () => {
  const tenant = await engine.tenant()
  const asks = flow(
    {
      start: { type: 'start' },
      ask: { type: 'ask_text', config: { text: 'Your size?', variable: 'size' } },
      thank: says('size {{vars.size}}, thank you'),
    },
    ['start.next > ask', 'ask.next > thank'],
    [{ kind: 'any_message' }, { kind: 'contact_field_changed', field: 'name' }],
  )
  const flowId = await publish(tenant, asks)
  const contactId = await contactOf(engine, tenant, '254700000106')
  await eventually('the question', async () => (await textsTo(engine, tenant)).includes('Your size?'))
  await tenant.read((tx) => setFlowEnabled(tx, acting(tenant), { id: flowId, enabled: false }))
  await changed(tenant, contactId, 'Achieng')
  await contactOf(engine, tenant, '254700000107')
  await engine.simulator.says('254700000106', tenant.phoneNumberId, 'large')
  await eventually('the answer', async () => (await textsTo(engine, tenant)).includes('size large, thank you'))
  await reactionsDone(admin)
  assert.equal((await runsOf(tenant, flowId)).length, 1)
})

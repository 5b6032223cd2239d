import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createContact } from '#infra/db/stores/contacts.ts'
import { setFlowEnabled } from '#infra/db/stores/flows.ts'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { acting, changed, contactOf, type EngineTenant, publish, runs, runsOf, sayOn } from '../support/triggers.ts'

let engine: Engine
before(async () => {
  engine = await startEngine()
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
})

/** A wall time in UTC that has just passed, and its instant. */
function justPassed(): { time: string; at: Date } {
  const at = new Date(Math.floor(Date.now() / 60_000) * 60_000)
  return { time: at.toISOString().slice(11, 16), at }
}

const scheduleOf = (tenant: EngineTenant, flowId: string) =>
  tenant.read((tx) => tx.row<{ next_at: Date }>(sql`select next_at from flow_schedules where flow_id = ${flowId}`))
const scheduled = (tenant: EngineTenant, flowId: string) => eventually('a schedule', () => scheduleOf(tenant, flowId))
const comesDue = (tenant: EngineTenant, flowId: string, at: Date) =>
  tenant.read((tx) => tx.run(sql`update flow_schedules set next_at = ${at} where flow_id = ${flowId}`))
type Firing = { state: string; considered: number; started: number; failed: number }
const firings = (tenant: EngineTenant, flowId: string) =>
  tenant.read((tx) =>
    tx.rows<Firing>(sql`
      select state, considered, started, failed from flow_firings where flow_id = ${flowId} order by fire_at`),
  )

test('[FLOW-08] [FLOW-11] at its time a flow starts for everybody whom its condition lets in, once, with any number of dispatchers', async () => {
  const tenant = await engine.tenant()
  const { time, at } = justPassed()
  const when = { '!=': [{ var: 'contact.name' }, 'Left out'] }
  const flowId = await publish(tenant, sayOn([{ kind: 'time', timeZone: 'UTC', times: [time], when }], 'good morning'))
  const contacts = await Promise.all(['201', '202', '203'].map((end) => contactOf(engine, tenant, `254700000${end}`)))
  await changed(tenant, contacts[2]!, 'Left out')
  const silent = await tenant.read((tx) => createContact(tx, acting(tenant), { phone: '+254700000299' }))
  const { next_at: nextAt } = await scheduled(tenant, flowId)
  assert.equal(nextAt.getTime(), at.getTime() + 86_400_000)

  const second = await engine.start('dispatcher', 'dispatcher-2')
  await comesDue(tenant, flowId, at)
  const started = await runs(tenant, flowId, 2)
  await eventually('the firing is done', async () => (await firings(tenant, flowId))[0]?.state === 'done')
  assert.deepEqual(started.map((run) => run.contact_id).sort(), contacts.slice(0, 2).sort())
  assert.ok(!started.some((run) => run.contact_id === silent))
  assert.equal(started[0]!.cause['key'], `time:${flowId}:${at.toISOString()}`)
  assert.deepEqual(await firings(tenant, flowId), [{ state: 'done', considered: 3, started: 2, failed: 0 }])
  assert.equal((await scheduleOf(tenant, flowId))!.next_at.getTime(), nextAt.getTime())

  await comesDue(tenant, flowId, at)
  await eventually('the instant is passed again', async () => (await scheduleOf(tenant, flowId))!.next_at > at)
  assert.equal((await firings(tenant, flowId)).length, 1)
  assert.equal((await runsOf(tenant, flowId)).length, 2)
  second.kill('SIGTERM')
})

test('[FLOW-11] an instant that was missed by more than an hour is skipped and on record', async () => {
  const tenant = await engine.tenant()
  const { time, at } = justPassed()
  const times = [time, new Date(at.getTime() + 3 * 3_600_000).toISOString().slice(11, 16)]
  const flowId = await publish(tenant, sayOn([{ kind: 'time', timeZone: 'UTC', times }]))
  await contactOf(engine, tenant, '254700000204')
  await scheduled(tenant, flowId)
  await comesDue(tenant, flowId, new Date(at.getTime() - 86_400_000))
  const found = await eventually('two instants', async () => {
    const rows = await firings(tenant, flowId)
    return rows.length === 2 && rows[1]!.state === 'done' && rows
  })
  assert.deepEqual(
    found.map(({ state, started }) => [state, started]),
    [
      ['skipped', 0],
      ['done', 1],
    ],
  )
})

test('[FLOW-13] a flow that is off has no time, and comes into step when it is on again', async () => {
  const tenant = await engine.tenant()
  const { time, at } = justPassed()
  const flowId = await publish(tenant, sayOn([{ kind: 'time', timeZone: 'UTC', times: [time] }]))
  await contactOf(engine, tenant, '254700000205')
  await scheduled(tenant, flowId)
  await tenant.read((tx) => setFlowEnabled(tx, acting(tenant), { id: flowId, enabled: false }))
  await eventually('no schedule', async () => (await scheduleOf(tenant, flowId)) === undefined)
  await tenant.read((tx) => setFlowEnabled(tx, acting(tenant), { id: flowId, enabled: true }))
  const { next_at: nextAt } = await scheduled(tenant, flowId)
  assert.ok(nextAt > at)
  // Switched off when its pages have begun: the rest of them is left.
  await tenant.read(async (tx) => {
    await tx.run(sql`update flows set enabled = false where id = ${flowId}`)
    await tx.run(sql`
      insert into flow_firings (tenant_id, flow_id, flow_version_id, fire_at, state)
      select tenant_id, id, published_version_id, ${at}, 'running' from flows where id = ${flowId}`)
  })
  await eventually('stopped', async () => (await firings(tenant, flowId))[0]?.state === 'stopped')
  assert.deepEqual(await runsOf(tenant, flowId), [])
})

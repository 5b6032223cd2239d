import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nextDailyMs } from '#domain/diagnostics/rules.ts'
import type { DiagnosticRun, DiagnosticSchedule } from '#domain/diagnostics/schema.ts'
import { dueDiagnostics, takeDueDiagnosis, unscheduledTenants } from '#infra/db/stores/diagnostic-schedules.ts'
import {
  beginCheck,
  beginDiagnosis,
  endDiagnosis,
  failToBegin,
  settleCheck,
  waitingDiagnostics,
} from '#infra/db/stores/diagnostics.ts'
import { sql } from '#infra/db/tx.ts'
import { startDiagnostics } from '#worker/diagnostics.ts'
import { as, openProduct, type TestTenant } from '../support/product.ts'

const product = await openProduct()
after(() => product.close())
const { db } = product

const start = (tenant: TestTenant) => product.call<DiagnosticRun>(as(tenant), 'POST', '/diagnostics/runs')
const read = (tenant: TestTenant, id: string) =>
  product.call<DiagnosticRun>(as(tenant), 'GET', `/diagnostics/runs/${id}`)
const waitingOf = async ({ tenantId }: TestTenant) =>
  (await db.relay((relay) => waitingDiagnostics(relay, 100))).filter((run) => run.tenantId === tenantId)

test('[ANLY-27] a run is started and read by whoever runs the workspace, and by nobody else', async () => {
  const [tenant, other] = [await product.tenant(), await product.tenant()]
  const { status, body: run } = await start(tenant)
  assert.deepEqual([status, run.state, run.requestedBy], [202, 'waiting', { kind: 'person', id: tenant.people.owner }])
  assert.equal(run.checks.filter(({ channel }) => channel?.id === tenant.channelId).length, 4)
  assert.ok(run.checks.every(({ status }) => status === 'waiting'))
  assert.equal((await start(tenant)).status, 409)
  assert.equal((await start(other)).status, 202, 'one at a time is meant for each workspace')
  for (const role of ['supervisor', 'agent', 'viewer'] as const) {
    assert.equal((await product.call(as(tenant, role), 'POST', '/diagnostics/runs')).status, 403)
    assert.equal((await product.call(as(tenant, role), 'GET', `/diagnostics/runs/${run.id}`)).status, 403)
  }
  assert.equal((await read(other, run.id)).status, 404)
  assert.equal((await product.call(as(other), 'POST', `/diagnostics/runs/${run.id}/cancel`)).status, 404)
})

test('[ANLY-27] what a check says is written once, and not any more when the run is over', async () => {
  const tenant = await product.tenant()
  const { tenantId } = tenant
  const { id } = (await start(tenant)).body
  const [waiting] = await waitingOf(tenant)
  assert.equal(waiting?.id, id)
  const checks = (await db.tenant(tenantId, (tx) => beginDiagnosis(tx, id)))!
  assert.deepEqual(await waitingOf(tenant), [])
  const [first, second] = checks
  const said = { findings: [], facts: { latencyMs: 1 } }
  await db.tenant(tenantId, async (tx) => {
    assert.equal(await beginCheck(tx, first!.id), true)
    await settleCheck(tx, first!.id, said)
    assert.equal(await beginCheck(tx, first!.id), false, 'it was made already')
    assert.equal(await beginCheck(tx, second!.id), true)
  })
  const cancelled = await product.call<DiagnosticRun>(as(tenant), 'POST', `/diagnostics/runs/${id}/cancel`)
  assert.deepEqual([cancelled.body.state, cancelled.body.counts.passed], ['cancelled', 1])
  await db.tenant(tenantId, (tx) => settleCheck(tx, second!.id, said))
  await db.tenant(tenantId, (tx) => endDiagnosis(tx, { tenantId, id }))
  const after = (await read(tenant, id)).body
  assert.deepEqual(after, cancelled.body, 'what comes late changes nothing')
  assert.equal(await db.tenant(tenantId, (tx) => beginDiagnosis(tx, id)), undefined)
  const log = await db.tenant(tenantId, (tx) =>
    tx.rows<{ action: string }>(sql`select action from audit_log where subject_type = 'diagnostics' order by id`),
  )
  assert.deepEqual(
    log.map(({ action }) => action),
    ['diagnostics.start', 'diagnostics.cancel'],
  )
})

test('[ANLY-28] a run that cannot begin is over with the reason, and only while it still waits', async () => {
  const tenant = await product.tenant()
  const { tenantId } = tenant
  const { id } = (await start(tenant)).body
  const fail = () => db.tenant(tenantId, (tx) => failToBegin(tx, { tenantId, id }, 'temporal_unreachable'))
  assert.equal(await fail(), true)
  const { body: run } = await read(tenant, id)
  assert.deepEqual([run.state, run.result, run.counts.failed, run.counts.skipped], ['done', 'failed', 1, 11])
  const failed = run.checks.find(({ status }) => status === 'failed')!
  assert.deepEqual([failed.key, failed.findings[0]?.code], ['temporal', 'temporal_unreachable'])
  assert.equal(await fail(), false)
})

test('[ANLY-28] without Temporal a run is over after a while; one that starts late, after an outage, gets its time', async () => {
  const tenant = await product.tenant()
  const quiet = () => undefined
  const round = (begins: () => Promise<unknown>) =>
    startDiagnostics({
      ...{ db, now: Date.now, links: { publicUrl: undefined } },
      log: { info: quiet, warn: quiet, error: quiet } as never,
      temporal: {
        withDeadline: (_: number, work: () => Promise<unknown>) => work(),
        workflow: {
          start: (_: string, { args }: { args: [{ tenantId: string }] }) =>
            args[0].tenantId === tenant.tenantId ? begins() : undefined,
        },
      } as never,
    })
  const away = () => Promise.reject(new Error('14 UNAVAILABLE'))
  const waits = (seconds: number) =>
    db.tenant(tenant.tenantId, (tx) =>
      tx.run(
        sql`update diagnostic_runs set created_at = now() - make_interval(secs => ${seconds}) where state = 'waiting'`,
      ),
    )
  const { id } = (await start(tenant)).body
  await round(away)
  assert.equal((await read(tenant, id)).body.state, 'waiting', 'it may be back in a moment')
  await waits(30)
  await round(async () => undefined)
  assert.equal((await read(tenant, id)).body.state, 'waiting', 'a worker has only just been told')
  await round(away)
  const { body: run } = await read(tenant, id)
  assert.deepEqual([run.state, run.result], ['done', 'failed'])
  assert.equal(run.checks.find(({ key }) => key === 'temporal')?.findings[0]?.code, 'temporal_unreachable')
})

test('[ANLY-32] every workspace is looked at daily unless it says otherwise, and a run that is under way is not doubled', async () => {
  const tenant = await product.tenant()
  const { tenantId } = tenant
  const schedule = () => product.call<DiagnosticSchedule>(as(tenant), 'GET', '/diagnostics/schedule')
  assert.deepEqual((await schedule()).body, { enabled: true, nextAt: null })
  assert.ok((await db.relay((relay) => unscheduledTenants(relay, 100))).includes(tenantId))
  const change = (enabled: boolean) =>
    product.call<DiagnosticSchedule>(as(tenant), 'PATCH', '/diagnostics/schedule', { enabled })
  const nextAt = new Date(nextDailyMs(tenantId, product.clock.ms)).toISOString()
  assert.deepEqual((await change(true)).body, { enabled: true, nextAt })
  assert.ok(!(await db.relay((relay) => unscheduledTenants(relay, 100))).includes(tenantId))
  assert.equal(
    (await product.call(as(tenant, 'agent'), 'PATCH', '/diagnostics/schedule', { enabled: false })).status,
    403,
  )

  const due = async () => (await db.relay((relay) => dueDiagnostics(relay, 100))).includes(tenantId)
  const take = () => db.tenant(tenantId, (tx) => takeDueDiagnosis(tx, { tenantId, nowMs: Date.now() }))
  const comeDue = () =>
    db.tenant(tenantId, (tx) => tx.run(sql`update diagnostic_schedules set next_at = now() - interval '1 minute'`))
  await comeDue()
  assert.equal(await due(), true)
  assert.deepEqual(await Promise.all([take(), take()]).then((both) => both.sort()), ['asked', 'gone'])
  assert.equal(await due(), false)
  await comeDue()
  assert.equal(await take(), 'overlaps')
  assert.equal((await waitingOf(tenant)).length, 1)
  await comeDue()
  await change(false)
  await comeDue()
  assert.equal(await due(), false)
})

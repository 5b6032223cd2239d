import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finding } from '#domain/diagnostics/findings.ts'
import type { DiagnosticRun } from '#domain/diagnostics/schema.ts'
import type { PlatformDiagnosis } from '#domain/platform/diagnostics.ts'
import { askDiagnosis, beginDiagnosis, endDiagnosis, settleCheck } from '#infra/db/stores/diagnostics.ts'
import { type Browser, openHouse } from './house.ts'

const house = await openHouse()
const platform = await house.administrator()
const { db } = house.deps
type Page<T> = { items: T[]; nextCursor: string | null }

/** A look at a tenant that finds this, or nothing. */
async function look({ tenantId, personId }: Browser, found?: 'mail_unreachable' | 'queue_waits'): Promise<string> {
  return db.tenant(tenantId, async (tx) => {
    const id = await askDiagnosis(tx, { tenantId, actor: { kind: 'person', id: personId } }, 'person')
    for (const [nth, check] of (await beginDiagnosis(tx, id))!.entries()) {
      const findings = nth === 0 && found !== undefined ? [finding(found, { host: 'mail.example' })] : []
      await settleCheck(tx, check.id, { findings, facts: {} })
    }
    await endDiagnosis(tx, { tenantId, id })
    return id
  })
}

const last = (query = '') => platform.json<Page<PlatformDiagnosis>>(200, 'GET', `/platform/diagnostics${query}`)
const named = ({ items }: Page<PlatformDiagnosis>) => items.map(({ tenantName, last }) => [tenantName, last?.result])

test('[ANLY-31] the platform sees how the last look at each tenant ended, the worst first, and leafs through them', async () => {
  const [well, broken, slow] = [await house.owner('Well'), await house.owner('Broken'), await house.owner('Slow')]
  await look(well, 'mail_unreachable')
  await look(well)
  await look(broken, 'mail_unreachable')
  await look(slow, 'queue_waits')
  const all = [
    ['Broken', 'failed'],
    ['Slow', 'warning'],
    ['The platform', undefined],
    ['Well', 'passed'],
  ]
  assert.deepEqual(named(await last()), all)
  const first = await last('?limit=2')
  const second = await last(`?limit=2&cursor=${first.nextCursor}`)
  assert.deepEqual([...named(first), ...named(second)], all)
  assert.equal(second.nextCursor, null)
  assert.deepEqual(named(await last('?result=failed')), [['Broken', 'failed']])
  assert.deepEqual(named(await last('?result=none')), [['The platform', undefined]])
})

test('[ANLY-31] of one tenant it sees the timeline of runs, and of a run the reasons', async () => {
  const tenant = await house.owner('Timeline')
  const failed = await look(tenant, 'mail_unreachable')
  const passed = await look(tenant)
  const path = `/platform/tenants/${tenant.tenantId}/diagnostics`
  const timeline = await platform.json<Page<{ id: string; result: string }>>(200, 'GET', path)
  assert.deepEqual(
    timeline.items.map(({ id, result }) => [id, result]),
    [
      [passed, 'passed'],
      [failed, 'failed'],
    ],
  )
  const run = await platform.json<DiagnosticRun>(200, 'GET', `${path}/${failed}`)
  assert.deepEqual(
    run.checks.flatMap(({ findings }) => findings.map(({ code }) => code)),
    ['mail_unreachable'],
  )
  const elsewhere = await house.owner('Elsewhere')
  assert.equal(
    (await platform.request('GET', `/platform/tenants/${elsewhere.tenantId}/diagnostics/${failed}`)).status,
    404,
  )
  for (const page of ['/platform/diagnostics', path, `${path}/${failed}`]) {
    assert.equal((await tenant.request('GET', page)).status, 403, page)
  }
})

test('[ANLY-31] [SEC-01] the platform’s own role sees that a run ended, and nothing of what was found', async () => {
  const columns = await house.admin<{ column: string }>(
    `select column_name as column from information_schema.column_privileges
     where grantee = 'holdfast_platform' and table_name in ('diagnostic_runs', 'diagnostic_checks') order by 1`,
  )
  assert.deepEqual(
    columns.map(({ column }) => column),
    ['cause', 'ended_at', 'id', 'result', 'state', 'tenant_id'],
  )
})

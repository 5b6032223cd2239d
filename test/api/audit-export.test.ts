import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from './house.ts'

const house = await openHouse()

test('[SEC-09] the log is exported as CSV and as JSON lines, filtered like the list, and the export is a line itself', async () => {
  const owner = await house.owner()
  for (let count = 0; count < 3; count += 1) {
    await owner.json(201, 'POST', '/roles', { key: `r${count}`, name: `=R${count}`, permissions: [] })
  }
  const csv = await owner.request('GET', '/audit/export?format=csv&action=roles.create')
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
  assert.match(csv.headers.get('content-disposition')!, /attachment/)
  const rows = (await csv.text()).trimEnd().split('\r\n')
  assert.equal(rows.length, 4)
  assert.match(rows[1]!, /,roles\.create,person,/)

  const jsonl = await owner.request('GET', '/audit/export?format=jsonl')
  const lines = (await jsonl.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.ok(lines.some(({ action }) => action === 'audit.export'))
  const { items } = await owner.json<{ items: { action: string }[] }>(200, 'GET', '/audit?action=audit.export')
  assert.equal(items.length, 2)
})

test('[SEC-09] an export longer than a page has every line once, and nobody exports who may not read', async () => {
  const owner = await house.owner()
  await house.admin(
    `with made as (insert into audit_log (id, tenant_id, actor, action, subject_type, subject_id)
       select gen_random_uuid(), $1, '{"kind":"system"}', 'x.y', 'z', n::text from generate_series(1, 1203) n returning 1)
     select count(*) from made`,
    [owner.tenantId],
  )
  const text = await (await owner.request('GET', '/audit/export?format=jsonl&action=x.y')).text()
  const ids = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id)
  assert.deepEqual([ids.length, new Set(ids).size], [1203, 1203])
  const agent = await house.member(owner, 'agent')
  assert.equal((await agent.request('GET', '/audit/export')).status, 403)
})
